// Package sshkey turns SSH private keys into signers for Triton: keys in
// memory, in files, in a directory such as ~/.ssh, and in ssh-agent.
//
//	agent := sshkey.DialAgent(os.Getenv("SSH_AUTH_SOCK"))
//	defer agent.Close()
//	signer, err := agent.Signer(ctx, "SHA256:Nn4rcZ1HWdrUPKKQ7Zrg2S9ZvlGUwMKTMTSTwmsEqEk")
//	if errors.Is(err, sshkey.ErrKeyNotFound) || errors.Is(err, sshkey.ErrAgentUnavailable) {
//		signer, err = sshkey.Load("/home/alice/.ssh/id_ed25519")
//	}
//	...
//	auth, err := wrapper.SignatureAuth("alice", signer)
//
// # What works
//
// Each yes is a test: the signature of that cell is verified by the key itself
// and, under Node.js, by the libraries that the vendor's own server and tools
// are made of.
//
//	format      block                   protected by passphrase  RSA  P-256  P-384  P-521  Ed25519
//	PKCS #1     RSA PRIVATE KEY         yes (DEK-Info)           yes  -      -      -      -
//	SEC 1       EC PRIVATE KEY          yes (DEK-Info)           -    yes    yes    yes    -
//	PKCS #8     PRIVATE KEY             (see next)               yes  yes    yes    yes    yes
//	PKCS #8     ENCRYPTED PRIVATE KEY   yes (PBES2)              yes  yes    yes    yes    yes
//	OpenSSH     OPENSSH PRIVATE KEY     yes                      yes  yes    yes    yes    yes
//	ssh-agent   -                       (the agent's matter)     yes  yes    no     yes    yes
//
// All formats come from memory ([Parse]), a file ([Load]) and a directory
// ([FindInDir]); a dash means that the format does not exist for the key.
//
// # What does not, and why
//
//   - ECDSA P-384 in ssh-agent: the agent's protocol ties that curve to
//     SHA-384, and Triton verifies SHA-1, SHA-256 and SHA-512 only. The same
//     key from a file works.
//   - DSA: it signs with SHA-1 only, and OpenSSH has given it up.
//   - Security keys (sk-ssh-ed25519, sk-ecdsa-sha2-nistp256): what they sign
//     has a counter and flags of the device in it, which no HTTP signature has.
//   - Certificates: Triton registers plain public keys. The key behind a
//     certificate works.
//   - RSA below 1024 bits, P-224, Ed448, X25519.
//   - PKCS #8 under anything but PBES2 with PBKDF2 and AES-CBC, and PuTTY's
//     own format: the error says how to convert.
//
// All of these match [errors.ErrUnsupported].
//
// # Names of keys
//
// Where an id is asked for, it is a fingerprint as ssh-keygen prints it, MD5
// ("MD5:0a:1b:..", with or without the prefix and the colons) or SHA-256
// ("SHA256:..."), or the comment of the key, or the name of its file. Triton
// itself knows MD5 fingerprints only; the signer has that one whatever it was
// found by.
//
// Nothing here prints a key, a passphrase or a signature, in no error either.
package sshkey
