// Verifies signed requests with http-signature and sshpk, as a Triton server
// does. Reads [{name, publicKey, method, url, date, authorization}] from
// standard input and prints what each library makes of each, and of the same
// request with another target.
'use strict';
const httpSignature = require('http-signature');
const sshpk = require('sshpk');

function parse(request, url) {
  return httpSignature.parseRequest({
    method: request.method,
    url: url,
    httpVersion: '1.1',
    headers: { date: request.date, authorization: request.authorization }
  }, { strict: true, headers: ['date', '(request-target)'] });
}

function bySSHPK(parsed, key) {
  const [type, hash] = parsed.params.algorithm.split('-');
  if (type !== key.type) {
    return false;
  }
  const signature = sshpk.parseSignature(parsed.params.signature, type, 'asn1');
  const verify = key.createVerify(hash);
  verify.update(parsed.signingString);
  return verify.verify(signature);
}

let input = '';
process.stdin.on('data', (chunk) => { input += chunk; });
process.stdin.on('end', () => {
  const results = JSON.parse(input).map((request) => {
    try {
      const key = sshpk.parseKey(request.publicKey, 'ssh');
      const parsed = parse(request, request.url);
      const changed = parse(request, request.url + 'x');
      return {
        name: request.name,
        keyId: parsed.keyId,
        fingerprint: key.fingerprint('md5').toString('hex'),
        httpSignature: httpSignature.verifySignature(parsed, key),
        sshpk: bySSHPK(parsed, key),
        changedHTTPSignature: httpSignature.verifySignature(changed, key),
        changedSSHPK: bySSHPK(changed, key)
      };
    } catch (err) {
      return { name: request.name, error: String(err && err.message) };
    }
  });
  process.stdout.write(JSON.stringify(results));
});
