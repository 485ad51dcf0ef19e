import {
  createPrivateKey,
  createPublicKey,
  sign,
  X509Certificate,
  type KeyObject,
} from 'node:crypto';
import type { SignedDataContents } from '../certificates/cms-signed-data.ts';
import type { InstallableCredential } from './install-target.ts';

type Signer = SignedDataContents['signer'];

/** Lends what signs for a credential, wherever its key is. A copy of a key in software is zero-filled afterwards. */
export async function withCredentialSigner<T>(
  credential: InstallableCredential,
  use: (signer: Signer) => Promise<T>,
): Promise<T> {
  const { certificate, token, osKey, exportPkcs8 } = credential;
  const place = token ?? osKey;
  if (place) return use(signerOf(certificate, (data) => place.sign(data)));
  if (exportPkcs8 === null) throw new TypeError('the key is nowhere where it could sign');
  const pkcs8 = await exportPkcs8();
  try {
    const { buffer, byteOffset, length } = pkcs8;
    const key = Buffer.from(buffer, byteOffset, length);
    const privateKey = createPrivateKey({ key, format: 'der', type: 'pkcs8' });
    return await use(signerOf(certificate, (data) => Promise.resolve(signed(privateKey, data))));
  } finally {
    pkcs8.fill(0);
  }
}

function signerOf(certificate: Uint8Array, signWith: Signer['sign']): Signer {
  const { publicKey } = new X509Certificate(certificate);
  return {
    algorithm: algorithmOf(publicKey),
    publicJwk: publicKey.export({ format: 'jwk' }),
    publicSpki: publicKey.export({ format: 'der', type: 'spki' }),
    sign: signWith,
  };
}

/** As `Signer.sign`: ECDSA is r‖s (RFC 7518 §3.4). */
function signed(privateKey: KeyObject, data: Uint8Array): Uint8Array {
  const algorithm = algorithmOf(createPublicKey(privateKey));
  // RFC 8032 §5.1: Ed25519 hashes by itself.
  const digest = algorithm === 'EdDSA' ? null : `sha${algorithm.slice(2)}`;
  return sign(digest, data, { key: privateKey, dsaEncoding: 'ieee-p1363' });
}

function algorithmOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): Signer['algorithm'] {
  if (asymmetricKeyType === 'rsa') return 'RS256';
  if (asymmetricKeyType === 'ed25519') return 'EdDSA';
  return asymmetricKeyDetails?.namedCurve === 'secp384r1' ? 'ES384' : 'ES256';
}
