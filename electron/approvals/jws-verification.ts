import { constants, verify, type KeyObject } from 'node:crypto';

/** The parts of a JWS, in base64url. */
export interface JwsParts {
  readonly header: string;
  readonly payload: string;
  readonly signature: string;
}

/** Undefined for what is no compact JWS. */
export function splitJws(compact: string): JwsParts | undefined {
  const [header = '', payload = '', signature = '', ...beyond] = compact.split('.');
  const parts = [header, payload, signature];
  const isSound = parts.every((part) => part !== '' && isCanonical(part)) && beyond.length === 0;
  return isSound ? { header, payload, signature } : undefined;
}

/** RFC 4648 §3.5: of the ways to write the same octets the one without padding bits. */
const isCanonical = (part: string): boolean =>
  Buffer.from(part, 'base64url').toString('base64url') === part;

const curves: Readonly<Record<string, string>> = {
  ES256: 'prime256v1',
  ES384: 'secp384r1',
  ES512: 'secp521r1',
};

/** RFC 7518 §3.1, RFC 8037 §3.1; only with a key of the algorithm's kind. */
export function isJwsBy(parts: JwsParts, algorithm: string, key: KeyObject): boolean {
  const data = Buffer.from(`${parts.header}.${parts.payload}`, 'ascii');
  const signature = Buffer.from(parts.signature, 'base64url');
  const { asymmetricKeyType: kind, asymmetricKeyDetails: details } = key;
  if (algorithm === 'EdDSA') return kind === 'ed25519' && verify(null, data, key, signature);
  const [, family = '', bits = ''] = /^([ERP]S)(256|384|512)$/.exec(algorithm) ?? [];
  const digest = `sha${bits}`;
  if (family === 'ES') {
    const isFit = kind === 'ec' && details?.namedCurve === curves[algorithm];
    return isFit && verify(digest, data, { key, dsaEncoding: 'ieee-p1363' }, signature);
  }
  if (family === '' || kind !== 'rsa') return false;
  const padding =
    family === 'PS'
      ? {
          padding: constants.RSA_PKCS1_PSS_PADDING,
          saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
        }
      : { padding: constants.RSA_PKCS1_PADDING };
  return verify(digest, data, { key, ...padding }, signature);
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Undefined for what is no JSON. */
export function readJson(octets: Uint8Array): unknown {
  try {
    return JSON.parse(utf8.decode(octets));
  } catch {
    // Whoever asks refuses it as what it is not.
    return undefined;
  }
}
