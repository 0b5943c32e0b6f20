package wrappertest

import (
	"encoding/base64"
	"net/http"
	"slices"
	"time"
)

// IONOSToken is a bearer token that a user generated.
type IONOSToken struct {
	ID      string    `json:"id"`
	UserID  string    `json:"userId"`
	Token   string    `json:"token"`
	Created time.Time `json:"created"`
	Expires time.Time `json:"expires"`
}

// claimedPrivileges are what a token of an administrator says.
var claimedPrivileges = []string{
	"DATA_CENTER_CREATE", "SNAPSHOT_CREATE", "IP_BLOCK_RESERVE", "MANAGE_DATAPLATFORM", "ACCESS_ACTIVITY_LOG", "PCC_CREATE",
	"ACCESS_S3_OBJECT_STORAGE", "BACKUP_UNIT_CREATE", "CREATE_INTERNET_ACCESS", "K8S_CLUSTER_CREATE", "FLOW_LOG_CREATE",
	"ACCESS_AND_MANAGE_MONITORING", "ACCESS_AND_MANAGE_CERTIFICATES", "MANAGE_DBAAS", "ACCESS_AND_MANAGE_DNS", "MANAGE_REGISTRY",
}

const longestTTL = 31536000 // a year, in seconds

// generateToken creates a JSON Web Token with the claims that the vendor's programs read. Its
// signature is random, and what makes it secret.
func (c *IONOS) generateToken(q *call) (*result, error) {
	ttl, err := q.number("ttl", longestTTL, 60, longestTTL)
	if err != nil {
		return nil, err
	}
	now := c.clock.now()
	token := IONOSToken{ID: newID(), UserID: q.callerID, Created: now, Expires: now.Add(time.Duration(ttl) * time.Second)}
	role, privileges := "admin", claimedPrivileges
	switch {
	case q.callerID == OwnerID:
		role = "owner"
	case q.restricted:
		role, privileges = "user", []string{}
	}
	header := object{{"typ", "JWT"}, {"kid", token.ID}, {"alg", "RS256"}}
	claims := object{
		{"iss", "ionoscloud"}, {"iat", now.Unix()}, {"client", "USER"},
		{"identity", object{
			{"uuid", q.callerID}, {"contractNumber", c.contractNumbers()[0]}, {"resellerId", 1}, {"role", role},
			{"regDomain", "ionos.com"}, {"privileges", privileges}, {"isParent", false},
		}},
		{"exp", token.Expires.Unix()},
	}
	signature := randomBytes(256)
	base := base64.RawURLEncoding
	token.Token = base.EncodeToString(encode(header)) + "." + base.EncodeToString(encode(claims)) + "." + base.EncodeToString(signature)
	c.state.tokens.set(token.ID, token)
	return ok(object{{"token", token.Token}})
}

func (q *call) token(token IONOSToken) object {
	return object{
		{"id", token.ID}, {"href", "/auth/v1/tokens/" + token.ID},
		{"createdDate", stamp(token.Created)}, {"expirationDate", stamp(token.Expires)},
	}
}

func (c *IONOS) listTokens(q *call) (*result, error) {
	items := []object{}
	for _, token := range c.state.tokens.all(0) {
		if token.UserID == q.callerID {
			items = append(items, q.token(token))
		}
	}
	return ok(object{{"tokens", items}})
}

func (c *IONOS) findToken(q *call) (IONOSToken, error) {
	token, found := c.state.tokens.get(q.params[0])
	if !found || token.UserID != q.callerID {
		return IONOSToken{}, missing("token " + q.params[0])
	}
	return token, nil
}

func (c *IONOS) getToken(q *call) (*result, error) {
	token, err := c.findToken(q)
	if err != nil {
		return nil, err
	}
	return ok(q.token(token))
}

func (c *IONOS) deleteToken(q *call) (*result, error) {
	token, err := c.findToken(q)
	if err != nil {
		return nil, err
	}
	c.state.tokens.remove(token.ID)
	return ok(object{{"success", true}})
}

// deleteTokens deletes the caller's tokens: ALL, EXPIRED, or the CURRENT one.
func (c *IONOS) deleteTokens(q *call) (*result, error) {
	criteria := q.query.Get("criteria")
	if !slices.Contains([]string{"ALL", "EXPIRED", "CURRENT"}, criteria) {
		return nil, reject(http.StatusUnprocessableEntity, "439", "criteria must be ALL, EXPIRED or CURRENT")
	}
	for _, token := range c.state.tokens.list() {
		switch {
		case token.UserID != q.callerID:
		case criteria == "ALL",
			criteria == "EXPIRED" && !c.clock.now().Before(token.Expires),
			criteria == "CURRENT" && q.Header.Get("Authorization") == "Bearer "+token.Token:
			c.state.tokens.remove(token.ID)
		}
	}
	return ok(object{{"success", true}})
}
