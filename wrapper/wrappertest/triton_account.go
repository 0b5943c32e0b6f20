package wrappertest

import (
	"maps"
	"time"
)

// accountAttributes are what a client may change of the account, in the order of the responses.
var accountAttributes = []string{
	"email", "companyName", "firstName", "lastName", "address", "postalCode", "city", "state", "country", "phone",
}

func newAccount() map[string]string {
	return map[string]string{"email": "owner@acme.test", "firstName": "Acme", "lastName": "Owner"}
}

// account is the account as the service returns it. Like a sub-user's, an attribute that is not
// set is left out.
func (c *Triton) account() object {
	out := object{{"id", c.accountID}, {"login", Account}}
	for _, name := range accountAttributes {
		out = out.with(name, c.attributes[name])
	}
	updated := c.updated
	if updated.IsZero() {
		updated = c.made
	}
	return append(out, object{
		{"triton_cns_enabled", c.cns}, {"updated", milliseconds(updated)}, {"created", milliseconds(c.made)},
	}...)
}

// updateAccount changes what is sent and not empty: the server cannot clear an attribute of the account.
func (c *Triton) updateAccount(q *call) (*result, error) {
	q.sent.resolveAliases()
	after := maps.Clone(c.attributes)
	for _, name := range accountAttributes {
		if sent := q.sent.text(name); sent != "" {
			after[name] = sent
		}
	}
	if err := checkEmail(after["email"]); err != nil {
		return nil, err
	}
	if _, taken := c.byEmail(after["email"]); taken {
		return nil, alreadyExists("email", after["email"])
	}
	c.attributes, c.updated = after, c.clock.now()
	if q.sent.has("triton_cns_enabled") {
		c.cns = q.sent.text("triton_cns_enabled") == "true"
	}
	return ok(c.account())
}

// owner is the part of the state that is the account's own.
type owner struct {
	attributes map[string]string // by the name in JSON
	cns        bool
	updated    time.Time // zero: never
}
