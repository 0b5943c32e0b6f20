package sshkey

import (
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/asn1"
	"encoding/pem"
	"fmt"
	"hash"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestEveryProtectionOfPKCS8ThatIsReadIsRead(t *testing.T) {
	t.Parallel()
	key := testKey(t, "P-256")
	der := encodePKCS8(t, key).Bytes
	// The last numbers of the object identifiers.
	ciphers := map[int]int{2: 16, 22: 24, 42: 32}
	hashes := map[int]func() hash.Hash{7: sha1.New, 8: sha256.New224, 9: sha256.New, 10: sha512.New384, 11: sha512.New}
	for cipher, keyLength := range ciphers {
		for prf, hash := range hashes {
			t.Run(fmt.Sprintf("AES-%d, PRF %d", keyLength*8, prf), func(t *testing.T) {
				t.Parallel()
				block := encryptPKCS8(t, der, asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 1, cipher}, keyLength,
					asn1.ObjectIdentifier{1, 2, 840, 113549, 2, prf}, hash, 2048)
				signer, err := Parse(pem.EncodeToMemory(block), ask(true))
				require.NoError(t, err)
				requireSigns(t, signer, key.Public(), "ecdsa-sha256")
			})
		}
	}
}

func TestKeyThatWouldTakeHoursToOpenIsRefused(t *testing.T) {
	t.Parallel()
	for _, iterations := range []int{0, -1, maxIterations + 1} {
		block := encryptPKCS8(t, encodePKCS8(t, testKey(t, "P-256")).Bytes, asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 1, 42}, 32,
			asn1.ObjectIdentifier{1, 2, 840, 113549, 2, 9}, sha256.New, iterations)
		_, err := Parse(pem.EncodeToMemory(block), ask(true))
		require.ErrorIs(t, err, ErrInvalidKey)
	}
}
