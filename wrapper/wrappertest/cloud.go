package wrappertest

import (
	"crypto"
	"crypto/ed25519"
	"crypto/tls"
	"net/http"
	"time"
)

// Credentials and names that every cloud knows from the start.
const (
	// Username and Password are a login of IONOS's contract owner, for basic authentication.
	Username = "owner@cloudroster.test"
	Password = "correct-horse-9"
	// OwnerID is the id of IONOS's contract owner, who is a user of the list.
	OwnerID = "5a9a1c3e-8d3f-4f0b-9a5e-2f6c0d7b1e00"
	// Token is a bearer token of IONOS's contract owner: a JSON Web Token with the claims that the
	// vendor's programs read, and no valid signature.
	Token = "eyJ0eXAiOiJKV1QiLCJraWQiOiIwMDAwMDAwMC0wMDAwLTQwMDAtODAwMC0wMDAwMDAwMDAwMDEiLCJhbGciOiJSUzI1NiJ9." +
		"eyJpc3MiOiJpb25vc2Nsb3VkIiwiY2xpZW50IjoiVVNFUiIsImlkZW50aXR5Ijp7InV1aWQiOiI1YTlhMWMzZS04ZDNmLTRmMGItOWE1ZS0yZjZjMGQ3YjFlMDAiLCJjb250cmFjdE51bWJlciI6MzEwMDAwMDAsInJvbGUiOiJvd25lciJ9fQ." +
		"dGVzdC10b2tlbi1vZi10aGUtY29udHJhY3Qtb3duZXI" // #nosec G101 -- not a credential of anything
	// Account is the login of the one Triton account.
	Account = "acme"
	// KeyName is the name under which [Triton.Key] is registered.
	KeyName = "first"
)

// Cloud is an in-memory IONOS and an in-memory Triton. The zero value is not
// usable: call [New] or [Start]. All methods are safe for concurrent use.
type Cloud struct {
	IONOS  *IONOS
	Triton *Triton

	clock   clock
	servers servers
}

// New creates both clouds without any listener. Use it as two http.Handlers
// ([Cloud.IONOS] and [Cloud.Triton]), through [Cloud.HTTPClient] in memory, or
// call [Cloud.Listen] for sockets.
func New(options ...Option) *Cloud {
	private := ed25519.NewKeyFromSeed(randomBytes(ed25519.SeedSize))
	cloud := &Cloud{}
	cloud.IONOS, cloud.Triton = newIONOS(&cloud.clock), newTriton(private, &cloud.clock)
	cloud.Triton.AddKey(KeyName, private.Public())
	for _, option := range options {
		option(cloud)
	}
	return cloud
}

// Option configures a cloud.
type Option func(*Cloud)

// WithRequestTimes sets how long an accepted IONOS change stays QUEUED and then
// RUNNING before it is DONE. The default is 10 ms and 20 ms. Times are measured
// with the clock of package time, so a testing/synctest bubble controls them.
func WithRequestTimes(queued, running time.Duration) Option {
	return func(c *Cloud) { c.IONOS.queued, c.IONOS.running = queued, running }
}

// WithContracts lists the contract numbers of the IONOS login. With one, the
// X-Contract-Number header may be left out but not be wrong; with several, it
// must be sent on every request, status polls included. Without this option
// any number is accepted. There is one roster, whatever the contract.
func WithContracts(numbers ...int32) Option {
	return func(c *Cloud) { c.IONOS.contracts = append(c.IONOS.contracts, numbers...) }
}

// WithRateLimit makes IONOS reject requests over the limit: more than perMinute
// in one minute, or more than burst at the same time, are rejected with 429 and
// Retry-After in seconds. Without it the rate limit headers are sent, and
// nothing is rejected.
func WithRateLimit(perMinute, burst int) Option {
	return func(c *Cloud) {
		c.IONOS.limit.perMinute, c.IONOS.limit.burst, c.IONOS.limit.enforced = perMinute, burst, true
	}
}

// WithOwner puts the contract's owner into IONOS's list of users, as in the real service: with the
// id [OwnerID], [Username] and [Password]. The default leaves it out, so that a test starts with
// an empty list and counts its own users only.
func WithOwner() Option {
	return func(c *Cloud) {
		c.IONOS.listsOwner = true
		delete(c.IONOS.logins, Username) // the owner logs in as a user
		c.IONOS.state.addOwner(c.clock.now())
	}
}

// WithStrictDepth makes IONOS reject a depth above 1 with 422. The default serves it as 1, as the
// real service does until the parameter's deprecation ends.
func WithStrictDepth() Option {
	return func(c *Cloud) { c.IONOS.strictDepth = true }
}

// WithEntityItems makes IONOS list references in the entities of users and groups at depth 1: the
// groups of a user, the members of a group. The default has their links only, as documented.
func WithEntityItems() Option {
	return func(c *Cloud) { c.IONOS.entityItems = true }
}

// WithThrottle makes Triton reject requests beyond perSecond, with burst of them
// in reserve, with 429 TooManyRequestsError and no Retry-After, as the open-source
// server does (there 10 a second and a burst of 30, for each account).
func WithThrottle(perSecond, burst int) Option {
	return func(c *Cloud) { c.Triton.throttle = newBucket(perSecond, burst) }
}

// WithRequestHistory keeps the last n requests of each cloud in its record, and the last n
// accepted changes of IONOS; the status of an older one is 404. The default keeps all. Count is
// not affected.
func WithRequestHistory(n int) Option {
	return func(c *Cloud) { c.IONOS.keepLast, c.Triton.keepLast = n, n }
}

// WithFullRecords keeps header values and bodies in the record of requests (see
// [Request]). They hold credentials and passwords: keep them out of test logs.
func WithFullRecords() Option {
	return func(c *Cloud) { c.IONOS.full, c.Triton.full = true, true }
}

// WithHandler wraps the handlers of both clouds in every way of use, for
// instance in a check of all traffic. The function is called once for each cloud,
// for IONOS first, the later option's handler around the earlier's. Faults that break connections
// need a response writer that has Unwrap, as [http.ResponseController] does.
func WithHandler(wrap func(http.Handler) http.Handler) Option {
	return func(c *Cloud) {
		for _, side := range []*side{&c.IONOS.side, &c.Triton.side} {
			side.handler = wrap(side.handler)
		}
	}
}

// WithTLS makes [Start] and [Cloud.Listen] serve TLS. The configuration needs a certificate; it is
// copied. It has no effect on [Cloud.HTTPClient], and clients over sockets need to trust the certificate.
func WithTLS(config *tls.Config) Option {
	return func(c *Cloud) { c.servers.tls = config }
}

// WithAccountKey registers a public key of the Triton account, next to
// [Triton.Key]. See [Triton.AddKey].
func WithAccountKey(name string, key crypto.PublicKey) Option {
	return func(c *Cloud) { c.Triton.AddKey(name, key) }
}
