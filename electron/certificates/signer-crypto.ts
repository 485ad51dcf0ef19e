import type { SignatureAlgorithm, Signer } from '../keys/signer.ts';

interface SigningAlgorithm {
  readonly name: string;
  readonly namedCurve?: string;
  readonly hash: string;
}

const algorithms: Readonly<Record<SignatureAlgorithm, SigningAlgorithm>> = {
  ES256: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
  ES384: { name: 'ECDSA', namedCurve: 'P-384', hash: 'SHA-384' },
  RS256: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
};

/** A key as the X.509 library wants one: it only ever hands it back to the crypto object it came with. */
interface SignerKey {
  readonly type: 'private' | 'public';
  readonly algorithm: SigningAlgorithm;
  readonly extractable: boolean;
  readonly usages: readonly string[];
}

interface SignerCrypto {
  readonly signingAlgorithm: SigningAlgorithm;
  readonly keys: { readonly publicKey: SignerKey; readonly privateKey: SignerKey };
  readonly crypto: {
    readonly subtle: {
      exportKey(format: 'spki'): Promise<ArrayBuffer>;
      sign(algorithm: unknown, key: unknown, data: ArrayBuffer): Promise<ArrayBuffer>;
    };
  };
}

const bufferOf = (octets: Uint8Array): ArrayBuffer => new Uint8Array(octets).buffer;

/** Stands in for WebCrypto where a request is built, so that a token or an operating-system key can sign it. */
export function signerCrypto(signer: Signer): SignerCrypto {
  const algorithm = algorithms[signer.algorithm];
  return {
    signingAlgorithm: algorithm,
    keys: {
      publicKey: { type: 'public', algorithm, extractable: true, usages: ['verify'] },
      privateKey: { type: 'private', algorithm, extractable: false, usages: ['sign'] },
    },
    crypto: {
      subtle: {
        exportKey: () => Promise.resolve(bufferOf(signer.publicSpki)),
        sign: async (_algorithm, _key, data) => bufferOf(await signer.sign(new Uint8Array(data))),
      },
    },
  };
}
