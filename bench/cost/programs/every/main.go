// Command every links every method of the library's clients.
package main

import (
	"fmt"
	"os"

	"github.com/cloudroster/cloudroster/wrapper"
)

// methods are all methods of both clients, of groups and of operations. A test finds what is missing.
var methods = []any{
	(*wrapper.IONOS).AddGroupMember,
	(*wrapper.IONOS).AddShare,
	(*wrapper.IONOS).AllGroupMembers,
	(*wrapper.IONOS).AllGroupResources,
	(*wrapper.IONOS).AllGroups,
	(*wrapper.IONOS).AllOwnedResources,
	(*wrapper.IONOS).AllResources,
	(*wrapper.IONOS).AllResourcesByType,
	(*wrapper.IONOS).AllShares,
	(*wrapper.IONOS).AllUserGroups,
	(*wrapper.IONOS).AllUsers,
	(*wrapper.IONOS).CreateGroup,
	(*wrapper.IONOS).CreateUser,
	(*wrapper.IONOS).DeleteGroup,
	(*wrapper.IONOS).DeleteUser,
	(*wrapper.IONOS).Format,
	(*wrapper.IONOS).GetGroup,
	(*wrapper.IONOS).GetRequestStatus,
	(*wrapper.IONOS).GetResource,
	(*wrapper.IONOS).GetShare,
	(*wrapper.IONOS).GetUser,
	(*wrapper.IONOS).Groups,
	(*wrapper.IONOS).ListGroupMembers,
	(*wrapper.IONOS).ListGroupResources,
	(*wrapper.IONOS).ListGroups,
	(*wrapper.IONOS).ListOwnedResources,
	(*wrapper.IONOS).ListResources,
	(*wrapper.IONOS).ListResourcesByType,
	(*wrapper.IONOS).ListShares,
	(*wrapper.IONOS).ListUserGroups,
	(*wrapper.IONOS).ListUsers,
	(*wrapper.IONOS).Operation,
	(*wrapper.IONOS).OperationFrom,
	(*wrapper.IONOS).RateLimit,
	(*wrapper.IONOS).Raw,
	(*wrapper.IONOS).RemoveGroupMember,
	(*wrapper.IONOS).RemoveShare,
	(*wrapper.IONOS).ReplaceGroup,
	(*wrapper.IONOS).ReplaceShare,
	(*wrapper.IONOS).ReplaceUser,
	(*wrapper.IONOS).UpdateGroup,
	(*wrapper.IONOS).UpdateShare,
	(*wrapper.IONOS).UpdateUser,
	(*wrapper.IONOS).Users,
	(*wrapper.Triton).Account,
	(*wrapper.Triton).AllUsers,
	(*wrapper.Triton).ChangeUserPassword,
	(*wrapper.Triton).CreateUser,
	(*wrapper.Triton).CreateUserKey,
	(*wrapper.Triton).DeleteUser,
	(*wrapper.Triton).DeleteUserKey,
	(*wrapper.Triton).Format,
	(*wrapper.Triton).GetUser,
	(*wrapper.Triton).GetUserKey,
	(*wrapper.Triton).GetUserWithRoles,
	(*wrapper.Triton).ListUserKeys,
	(*wrapper.Triton).ListUsers,
	(*wrapper.Triton).Raw,
	(*wrapper.Triton).UpdateUser,
	(*wrapper.Triton).Users,
	(*wrapper.Groups).All,
	(*wrapper.Groups).Get,
	(*wrapper.Groups).Shares,
	(*wrapper.Operation).GoString,
	(*wrapper.Operation).ID,
	(*wrapper.Operation).LogValue,
	(*wrapper.Operation).MarshalText,
	(*wrapper.Operation).Status,
	(*wrapper.Operation).String,
	(*wrapper.Operation).Wait,
	(*wrapper.Operation).Watch,
}

func main() {
	ionos, err := wrapper.NewIONOS(wrapper.TokenAuth(os.Getenv("IONOS_TOKEN")))
	fmt.Println(ionos, err)
	triton, err := wrapper.NewTriton(os.Getenv("TRITON_URL"), os.Getenv("TRITON_ACCOUNT"), wrapper.TokenAuth(os.Getenv("TRITON_TOKEN")))
	fmt.Println(triton, err, len(methods))
}
