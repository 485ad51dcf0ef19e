// An approver by docs/approvals.md, in one file: Node 20 or later and jose, and `openssl` for the receipt. Nothing of Countersign.
//
//   export NODE_EXTRA_CA_CERTS=root.pem                             where the CA has a root of its own
//   node approve-with-jose.mjs approver.json                        lists what there is to decide
//   node approve-with-jose.mjs approver.json URL                    shows a request, and its digest
//   node approve-with-jose.mjs approver.json URL DIGEST [RECEIPT]   approves what was shown, and keeps the receipt
//
// approver.json: { "directory": "https://ca.example/acme/directory", "root": "root.pem", "account": "account.json",
//                  "externalAccount": { "kid": "…", "hmac": "…" },
//                  "key": { a P-256 key as JWK with its private half, registered with the CA } }
// or, in place of "key": "certificate": { "chain": "card.pem", "key": "card-key.pem" }. Paths are seen from the folder that it lies in.
import { execFileSync } from 'node:child_process';
import { createHash, createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import {
  calculateJwkThumbprint,
  CompactSign,
  exportJWK,
  FlattenedSign,
  generateKeyPair,
} from 'jose';

const [, , configFile = '', requestUrl, agreedDigest, receiptFile = 'receipt.p7s'] = process.argv;
const config = JSON.parse(readFileSync(configFile, 'utf8'));
const beside = (path) => resolve(dirname(configFile), path);
const sha256 = (data) => createHash('sha256').update(data).digest('base64url');

// --- RFC 8785: members in order, texts and numbers as ECMAScript writes them.
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const names = Object.keys(value).sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(',')}}`;
}

// --- ACME (RFC 8555 §6.2): every request is a JWS by the account's key, with a nonce that is good once.
const directory = await (await fetch(config.directory)).json();
let nonce;

async function post(account, url, payload = '') {
  nonce ??= (await fetch(directory.newNonce, { method: 'HEAD' })).headers.get('replay-nonce');
  const identity = account.url ? { kid: account.url } : { jwk: publicHalf(account.key) };
  const text = payload === '' ? '' : JSON.stringify(payload);
  const body = await new FlattenedSign(Buffer.from(text))
    .setProtectedHeader({ alg: 'ES256', nonce, url, ...identity })
    .sign(createPrivateKey({ key: account.key, format: 'jwk' }));
  const headers = { 'Content-Type': 'application/jose+json' };
  const reply = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  nonce = reply.headers.get('replay-nonce') ?? undefined;
  if (reply.ok) return reply;
  const { type, detail } = await reply.json();
  if (type.endsWith(':badNonce')) return post(account, url, payload);
  throw new Error(`${reply.status} ${type}: ${detail}`);
}

const publicHalf = ({ kty, crv, x, y, n, e }) => ({ kty, crv, x, y, n, e });
const read = async (account, url) => (await post(account, url)).json();

// --- RFC 8555 §7.3.4: the external account key says whose the account is. It is made once and kept.
async function openAccount() {
  const file = beside(config.account);
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8'));
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const account = { key: await exportJWK(privateKey) };
  const { kid, hmac } = config.externalAccount;
  const externalAccountBinding = await new FlattenedSign(
    Buffer.from(JSON.stringify(publicHalf(account.key))),
  )
    .setProtectedHeader({ alg: 'HS256', kid, url: directory.newAccount })
    .sign(Buffer.from(hmac, 'base64url'));
  const agreed = { termsOfServiceAgreed: true, externalAccountBinding };
  const reply = await post(account, directory.newAccount, agreed);
  account.url = reply.headers.get('location');
  writeFileSync(file, JSON.stringify(account), { mode: 0o600 });
  return account;
}

// --- §2: a document with a member that is unknown here is not approved: nobody would know what they sign.
const common = [
  ...['version', 'kind', 'url', 'organization', 'requestedBy', 'profile', 'usages', 'identifiers'],
  ...['lifetime', 'reason', 'rule', 'requested', 'expires'],
];
const known = {
  order: [...common, 'order', 'requester', 'key'],
  standing: [...common, 'proposedBy', 'count', 'until'],
};

function checkDocument(document) {
  const names = [...(known[document.kind] ?? [])].sort().join();
  if (document.version !== 1 || Object.keys(document).sort().join() !== names) {
    throw new Error('this document cannot be shown whole, so it is not approved');
  }
  if (document.url !== requestUrl) throw new Error('this document is that of another request');
  const hidden = /(?!\u200c|\u200d|\ufe0e|\ufe0f)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{DI}]/u;
  const texts = (value) =>
    typeof value === 'object' && value !== null ? Object.values(value).flatMap(texts) : [value];
  if (texts(document).some((text) => hidden.test(String(text)))) {
    throw new Error('a text of this document does not show what it says');
  }
}

function show({ status, mayDecide, approval: document }) {
  console.log(`${document.url}\n  ${status}${mayDecide ? ', to be decided by you' : ''}`);
  for (const name of known[document.kind])
    console.log(`  ${name}: ${JSON.stringify(document[name])}`);
  console.log(`  digest: ${sha256(canonical(document))}`);
}

// --- §4: what is signed is KA′, by a registered key (docs/wire-profile.md §4.2) or a certificate (§3).
async function proofFor(challenge, keyAuthorization) {
  const { url } = challenge;
  const jws = new CompactSign(Buffer.from(keyAuthorization));
  if (challenge.type === 'ppkp-01') {
    const jwk = publicHalf(config.key);
    const key = createPrivateKey({ key: config.key, format: 'jwk' });
    return jws.setProtectedHeader({ alg: 'ES256', typ: 'acme-ppkp-01+jws', jwk, url }).sign(key);
  }
  const pem = readFileSync(beside(config.certificate.chain), 'utf8');
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g);
  const x5c = blocks.map((block) => new X509Certificate(block).raw.toString('base64'));
  const key = createPrivateKey(readFileSync(beside(config.certificate.key), 'utf8'));
  return jws.setProtectedHeader({ alg: 'ES256', typ: 'acme-cert-01+jws', x5c, url }).sign(key);
}

async function approve(account, { approval: document }) {
  if (sha256(canonical(document)) !== agreedDigest) throw new Error('this is not what was shown');
  const asked = { identifier: document.identifiers[0], approval: document.url };
  const authorization = await (await post(account, directory.newAuthz, asked)).json();
  const type = config.key ? 'ppkp-01' : 'cert-01';
  const challenge = authorization.challenges.find((one) => one.type === type);
  if (!challenge) throw new Error(`it cannot be approved by ${type}`);
  // The CA may show one thing and have another signed.
  if (sha256(canonical(challenge.approval)) !== agreedDigest) {
    throw new Error('the challenge is about something else than what was shown');
  }
  if (!/^[A-Za-z0-9_-]{22,255}$/.test(challenge.token)) throw new Error('the token is none');
  const thumbprint = await calculateJwkThumbprint(publicHalf(account.key));
  const keyAuthorization = `${challenge.token}.${agreedDigest}.${thumbprint}`;
  const sig = await proofFor(challenge, keyAuthorization);
  let answer = await (await post(account, challenge.url, { sig })).json();
  while (answer.status === 'processing') {
    await new Promise((done) => setTimeout(done, 1000));
    answer = await read(account, challenge.url);
  }
  if (answer.status !== 'valid') throw new Error(`the approval is ${answer.status}`);
  return { keyAuthorization, sig };
}

// --- §6: the receipt is CMS by the CA, over what the approver has signed.
async function keepReceipt(account, { keyAuthorization, sig }) {
  const { decisions } = await read(account, requestUrl);
  for (const { receipt } of decisions) {
    const octets = Buffer.from(await (await post(account, receipt)).arrayBuffer());
    const verify = ['cms', '-verify', '-binary', '-inform', 'DER', '-purpose', 'any'];
    const trust = ['-CAfile', beside(config.root)];
    const stdio = ['pipe', 'pipe', 'ignore'];
    const content = execFileSync('openssl', [...verify, ...trust], { input: octets, stdio });
    const { digest, evidence, directory: from, log } = JSON.parse(content);
    if (evidence.sig !== sig || evidence.keyAuthorization !== keyAuthorization) continue;
    const holds = [
      digest === agreedDigest && from === config.directory,
      log.data.digest === agreedDigest && log.data.evidence === sha256(canonical(evidence)),
      evidence.type === 'certificate' || evidence.publicKey === ownPublicKey(),
    ];
    if (!holds.every(Boolean)) throw new Error('the receipt is about something else');
    writeFileSync(receiptFile, octets);
    return console.log(
      `approved, entry ${log.sequence} of the log; the receipt is in ${receiptFile}`,
    );
  }
  throw new Error('the CA has no receipt of this approval');
}

const ownPublicKey = () =>
  createPublicKey({ key: config.key, format: 'jwk' })
    .export({ type: 'spki', format: 'der' })
    .toString('base64url');

const account = await openAccount();
if (requestUrl === undefined) {
  const { approvals } = await read(account, directory.meta.approvals);
  for (const { url, status, mayDecide } of approvals)
    console.log(url, status, mayDecide ? 'to be decided by you' : '');
} else {
  const request = await read(account, requestUrl);
  checkDocument(request.approval);
  if (agreedDigest === undefined) show(request);
  else await keepReceipt(account, await approve(account, request));
}
