package wrappertest

// OperationID is the operationId of an operation in openapi.yaml.
type OperationID string

// The operations that both clouds serve; each constant is its operationId, with a capital.
const (
	UmUsersGet                     OperationID = "umUsersGet"
	UmUsersPost                    OperationID = "umUsersPost"
	UmUsersFindById                OperationID = "umUsersFindById"
	UmUsersPut                     OperationID = "umUsersPut"
	UmUsersDelete                  OperationID = "umUsersDelete"
	UmUsersGroupsGet               OperationID = "umUsersGroupsGet"
	UmUsersOwnsGet                 OperationID = "umUsersOwnsGet"
	UmGroupsGet                    OperationID = "umGroupsGet"
	UmGroupsPost                   OperationID = "umGroupsPost"
	UmGroupsFindById               OperationID = "umGroupsFindById"
	UmGroupsPut                    OperationID = "umGroupsPut"
	UmGroupsDelete                 OperationID = "umGroupsDelete"
	UmGroupsResourcesGet           OperationID = "umGroupsResourcesGet"
	UmGroupsUsersGet               OperationID = "umGroupsUsersGet"
	UmGroupsUsersPost              OperationID = "umGroupsUsersPost"
	UmGroupsUsersDelete            OperationID = "umGroupsUsersDelete"
	UmGroupsSharesGet              OperationID = "umGroupsSharesGet"
	UmGroupsSharesFindByResourceId OperationID = "umGroupsSharesFindByResourceId"
	UmGroupsSharesPost             OperationID = "umGroupsSharesPost"
	UmGroupsSharesPut              OperationID = "umGroupsSharesPut"
	UmGroupsSharesDelete           OperationID = "umGroupsSharesDelete"
	UmResourcesGet                 OperationID = "umResourcesGet"
	UmResourcesFindByType          OperationID = "umResourcesFindByType"
	UmResourcesFindByTypeAndId     OperationID = "umResourcesFindByTypeAndId"
	RequestsStatusGet              OperationID = "requestsStatusGet"

	ListTritonUsers          OperationID = "ListTritonUsers"
	CreateTritonUser         OperationID = "CreateTritonUser"
	GetTritonUser            OperationID = "GetTritonUser"
	UpdateTritonUser         OperationID = "UpdateTritonUser"
	DeleteTritonUser         OperationID = "DeleteTritonUser"
	ChangeTritonUserPassword OperationID = "ChangeTritonUserPassword"
	ListTritonUserKeys       OperationID = "ListTritonUserKeys"
	CreateTritonUserKey      OperationID = "CreateTritonUserKey"
	GetTritonUserKey         OperationID = "GetTritonUserKey"
	DeleteTritonUserKey      OperationID = "DeleteTritonUserKey"
)
