package speed

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"testing"

	triton "github.com/TritonDataCenter/triton-go/v2"
	"github.com/TritonDataCenter/triton-go/v2/authentication"
	"github.com/TritonDataCenter/triton-go/v2/identity"

	"github.com/cloudroster/cloudroster/bench/canned"
	"github.com/cloudroster/cloudroster/bench/floor"
	"github.com/cloudroster/cloudroster/wrapper"
)

// BenchmarkTritonGet gets one user of an account with each kind of key. "floor" makes a bare
// signature for each get. "unsigned" and "signature" are its two halves; both together take
// less than a get that signs, because what a core does meanwhile lets the network's threads
// fall asleep.
func BenchmarkTritonGet(b *testing.B) {
	server := httptest.NewServer(&canned.Service{})
	defer server.Close()
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		b.Fatal(err)
	}
	ecKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		b.Fatal(err)
	}
	ecBytes, err := x509.MarshalECPrivateKey(ecKey)
	if err != nil {
		b.Fatal(err)
	}
	_, edKey, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		b.Fatal(err)
	}
	for _, kind := range []struct {
		name  string
		key   crypto.Signer
		hash  crypto.Hash
		block *pem.Block // nil: the vendor's SDK cannot use it
	}{
		{"RSA-2048", rsaKey, crypto.SHA256, &pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(rsaKey)}},
		{"P-256", ecKey, crypto.SHA256, &pem.Block{Type: "EC PRIVATE KEY", Bytes: ecBytes}},
		{"Ed25519", edKey, 0, nil},
	} {
		b.Run(kind.name, func(b *testing.B) {
			signer, err := wrapper.NewSigner(kind.key)
			if err != nil {
				b.Fatal(err)
			}
			sign := func(text []byte) ([]byte, error) {
				if kind.hash != 0 {
					digest := sha256.Sum256(text)
					text = digest[:]
				}
				return kind.key.Sign(rand.Reader, text, kind.hash)
			}
			for name, sign := range map[string]func([]byte) ([]byte, error){"floor": sign, "unsigned": nil} {
				b.Run(name, func(b *testing.B) {
					client := &floor.Client{
						Base: server.URL, HTTP: &http.Client{Transport: http.DefaultTransport.(*http.Transport).Clone()}, Sign: sign,
						KeyID: `keyId="/acme/keys/` + signer.Fingerprint() + `",algorithm="` + signer.Algorithm() + `",headers="date"`,
					}
					defer client.HTTP.CloseIdleConnections()
					measure(b, func(ctx context.Context) (string, error) {
						user, err := client.GetTritonUser(ctx, canned.Account, canned.Login)
						return user.Login, err
					})
				})
			}
			b.Run("signature", func(b *testing.B) {
				text := []byte("(request-target): get /acme/users/ada\ndate: Mon, 02 Mar 2026 10:20:30 GMT")
				measure(b, func(context.Context) (string, error) {
					_, err := sign(text)
					return canned.Login, err
				})
			})
			b.Run("ours", func(b *testing.B) {
				auth, err := wrapper.SignatureAuth(canned.Account, signer)
				if err != nil {
					b.Fatal(err)
				}
				client, err := wrapper.NewTriton(server.URL, canned.Account, auth)
				if err != nil {
					b.Fatal(err)
				}
				measure(b, func(ctx context.Context) (string, error) {
					user, err := client.GetUser(ctx, canned.Login)
					if err != nil {
						return "", err
					}
					return user.Login, nil
				})
			})
			if kind.block == nil {
				return
			}
			b.Run("vendor", func(b *testing.B) {
				signer, err := authentication.NewPrivateKeySigner(authentication.PrivateKeySignerInput{
					KeyID: signer.Fingerprint(), PrivateKeyMaterial: pem.EncodeToMemory(kind.block), AccountName: canned.Account,
				})
				if err != nil {
					b.Fatal(err)
				}
				client, err := identity.NewClient(&triton.ClientConfig{
					TritonURL: server.URL, AccountName: canned.Account, Signers: []authentication.Signer{signer},
				})
				if err != nil {
					b.Fatal(err)
				}
				measure(b, func(ctx context.Context) (string, error) {
					user, err := client.Users().Get(ctx, &identity.GetUserInput{UserID: canned.Login})
					if err != nil {
						return "", err
					}
					return user.Login, nil
				})
			})
		})
	}
}

func measure(b *testing.B, call func(context.Context) (string, error)) {
	b.Helper()
	ctx := context.Background()
	if got, err := call(ctx); err != nil || got != canned.Login {
		b.Fatalf("got %q, %v", got, err)
	}
	loop(b, func() error {
		_, err := call(ctx)
		return err
	})
}
