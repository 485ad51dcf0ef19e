// Which room of electron/ may walk into which other: into all of it, or into the files that are named.
// A room that is not listed may not be entered.
// `keys/signer.ts` is the one seam that acme and certificates see of the keys (docs/architecture.md, rule 4).
const signer = 'keys/signer';
// All that others see of tokens: foreign code is loaded behind it, in processes of its own.
const tokens = ['pkcs11/token-access', 'pkcs11/token-error'];
export const rooms = {
  http: [],
  acme: ['http', 'certificates', signer],
  'domain-proofs': ['acme', 'certificates', 'http/own-address'],
  certificates: [signer],
  keys: [...tokens, 'keystore', 'platform'],
  pkcs11: ['certificates', 'platform'],
  keystore: [],
  wallet: ['keystore', 'pkcs11/token-access'],
  install: ['certificates', 'platform', 'http/own-address'],
  // Signatures on programs and documents, by other people's programs and by us.
  signing: [
    'certificates',
    'credentials',
    'http',
    'install',
    'keys',
    ...tokens,
    'platform',
    'wallet',
  ],
  attestation: [],
  organizations: ['http', 'certificates'],
  platform: [],
  credentials: [
    'acme',
    'certificates',
    'keys',
    ...tokens,
    // Certificates of cards whose module cannot write them: keys may run no programs, and pkcs11 asks who runs its own.
    'pkcs11/piv-certificate',
    'install',
    'wallet',
    'organizations',
    'http',
  ],
  enrollment: [
    'authenticator',
    'credentials',
    'passkeys',
    ...tokens,
    'acme',
    'domain-proofs',
    'certificates',
    'keys',
    'install',
    'attestation',
    'wallet',
    'organizations',
    'http',
  ],
  passkeys: ['acme', 'certificates', 'credentials', 'keys', 'wallet'],
  // The wallet's own codes: their secrets lie sealed as keys in software do.
  authenticator: ['keystore'],
  // Approvers answer challenges by what enrolments answer them with, over what they approve.
  approvals: [
    'acme',
    'certificates',
    'credentials',
    'enrollment/account',
    'enrollment/authorization-view',
    'enrollment/certificate-room',
    'enrollment/challenges/challenge-type',
    'enrollment/challenges/challenge-types',
    'enrollment/judgement',
    'enrollment/passkey-room',
    'enrollment/proof-use',
    'enrollment/request-link',
    'keys',
    'wallet',
    'organizations',
  ],
  renewal: ['acme', 'certificates', 'keys', 'install', 'attestation', 'wallet', 'organizations'],
  ipc: [
    'authenticator',
    'signing',
    'credentials',
    'enrollment',
    'passkeys',
    'approvals',
    'renewal',
    'organizations',
    'acme',
    'certificates',
    'keys',
    'keystore',
    ...tokens,
    'install',
    'wallet',
    'http',
    'platform',
  ],
  // What stands behind a terminal in place of a page.
  command: [
    // What needs no wallet: receipts and logs are verified, and links read, by what the page has them by.
    'approvals',
    'credentials',
    'signing',
    'enrollment',
    'renewal',
    'organizations',
    'certificates',
    'keys',
    'keystore',
    ...tokens,
    'install',
    'wallet',
    'platform',
  ],
};

// Each library has one room (docs/architecture.md): nobody else may import it.
export const owners = {
  jose: ['organizations'],
  // Second opinions in tests.
  '@peculiar/x509': [],
  '@peculiar/asn1-cms': [],
  '@peculiar/asn1-schema': [],
  '@simplewebauthn/server': [],
  // The CA's alone.
  nodemailer: [],
  pkcs11js: ['pkcs11'],
  // pkcs11 logs in by it; keys and install speak to the stores of Windows and macOS.
  koffi: ['pkcs11', 'keys', 'install'],
  'otplib/functional': ['authenticator'],
  // XML: descriptions of networks that people open.
  saxes: ['install'],
  // PDF: documents that people sign.
  '@libpdf/core': ['signing'],
  keytar: ['keystore'],
  '@napi-rs/keyring': ['keystore'],
  'node:sqlite': ['wallet'],
  'node:https': ['http'],
  // domain-proofs asks nobody by HTTP: it answers the CA that comes to look, as its challenges want. passkeys hears the browser.
  'node:http': ['http', 'domain-proofs', 'passkeys'],
  'node:http2': ['http'],
  // install opens no connection with it: it opens PKCS #12 files. domain-proofs answers the CA.
  'node:tls': ['http', 'install', 'domain-proofs'],
  // domain-proofs speaks DNS, which is no HTTP, to the servers of the person's own zone; pkcs11 has a pipe to its processes.
  'node:net': ['http', 'domain-proofs', 'passkeys', 'pkcs11'],
  'node:dgram': ['domain-proofs'],
  'node:dns': ['domain-proofs'],
};
