package sshkey

import (
	"crypto/fips140"
	"encoding/hex"
	"strings"

	"golang.org/x/crypto/ssh"
)

// A keyID is what a user calls a key: a fingerprint of either kind, or a name.
type keyID struct{ md5, sha256, name string }

func parseKeyID(id string) keyID {
	id = strings.TrimSpace(id)
	if len(id) > 7 && strings.EqualFold(id[:7], "SHA256:") {
		return keyID{sha256: "SHA256:" + strings.TrimRight(id[7:], "=")}
	}
	digits := strings.ToLower(id)
	digits = strings.ReplaceAll(strings.TrimPrefix(digits, "md5:"), ":", "")
	if sum, err := hex.DecodeString(digits); err == nil && len(sum) == 16 {
		return keyID{md5: digits}
	}
	return keyID{name: id}
}

// md5Fingerprint is by what Triton knows a key. MD5 only names it, which a process held to
// FIPS 140 may do.
func md5Fingerprint(key ssh.PublicKey) (fingerprint string) {
	fips140.WithoutEnforcement(func() { fingerprint = ssh.FingerprintLegacyMD5(key) })
	return fingerprint
}

// matchesKey compares fingerprints, matches compares names too.
func (id keyID) matchesKey(key ssh.PublicKey) bool {
	switch {
	case id.md5 != "":
		return strings.ReplaceAll(md5Fingerprint(key), ":", "") == id.md5
	case id.sha256 != "":
		return ssh.FingerprintSHA256(key) == id.sha256
	default:
		return false
	}
}

func (id keyID) matches(key ssh.PublicKey, names ...string) bool {
	for _, name := range names {
		if id.name != "" && name == id.name {
			return true
		}
	}
	return id.matchesKey(key)
}
