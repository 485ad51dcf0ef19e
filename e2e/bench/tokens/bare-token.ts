import { createHash } from 'node:crypto';
import pkcs11js from 'pkcs11js';
import { LoadedModule } from '../../../electron/testing/tokens/loaded-module.ts';
import type { WrappedModule } from '../../../electron/testing/tokens/pkcs11-shim.ts';

export type MeasuredType = 'P-256' | 'RSA-2048' | 'RSA-3072' | 'RSA-4096';

/** The least that signs with a token: pkcs11js in this process, the key's handle at hand, nothing checked. */
export class BareToken implements Disposable {
  readonly #module: LoadedModule;
  readonly #session: Buffer;

  constructor({ modulePath, env }: WrappedModule, pin: string) {
    this.#module = new LoadedModule(modulePath, env);
    this.#session = this.#module.open(pin);
  }

  /** By the mechanism that ours prefers too. */
  signer(ckaId: string, type: MeasuredType): (data: Uint8Array) => Buffer {
    const { pkcs11 } = this.#module;
    const [key] = this.#module.find(this.#session, [
      { type: pkcs11js.CKA_CLASS, value: pkcs11js.CKO_PRIVATE_KEY },
      { type: pkcs11js.CKA_ID, value: Buffer.from(ckaId, 'hex') },
    ]);
    if (key === undefined) throw new Error(`there is no key ${ckaId}`);
    const isCurve = type === 'P-256';
    const mechanism = isCurve ? pkcs11js.CKM_ECDSA : pkcs11js.CKM_RSA_PKCS;
    const room = Buffer.alloc(512);
    return (data) => {
      const digest = createHash('sha256').update(data).digest();
      pkcs11.C_SignInit(this.#session, { mechanism }, key);
      return pkcs11.C_Sign(
        this.#session,
        isCurve ? digest : Buffer.concat([sha256Prefix, digest]),
        room,
      );
    };
  }

  /** Makes a P-256 key pair under that CKA_ID, reads what is public of it, and tells how to be rid of it. */
  makeP256(ckaId: Buffer): () => void {
    const { pkcs11 } = this.#module;
    const { privateKey, publicKey } = pkcs11.C_GenerateKeyPair(
      this.#session,
      { mechanism: pkcs11js.CKM_EC_KEY_PAIR_GEN },
      [
        ...named(ckaId),
        { type: pkcs11js.CKA_VERIFY, value: true },
        { type: pkcs11js.CKA_EC_PARAMS, value: prime256v1 },
      ],
      [
        ...named(ckaId),
        { type: pkcs11js.CKA_PRIVATE, value: true },
        { type: pkcs11js.CKA_SENSITIVE, value: true },
        { type: pkcs11js.CKA_EXTRACTABLE, value: false },
        { type: pkcs11js.CKA_SIGN, value: true },
      ],
    );
    pkcs11.C_GetAttributeValue(this.#session, publicKey, [{ type: pkcs11js.CKA_EC_POINT }]);
    return () => {
      pkcs11.C_DestroyObject(this.#session, privateKey);
      pkcs11.C_DestroyObject(this.#session, publicKey);
    };
  }

  writeCertificate(ckaId: Buffer, der: Buffer): void {
    this.#module.pkcs11.C_CreateObject(this.#session, [
      ...named(ckaId),
      { type: pkcs11js.CKA_CLASS, value: pkcs11js.CKO_CERTIFICATE },
      { type: pkcs11js.CKA_CERTIFICATE_TYPE, value: pkcs11js.CKC_X_509 },
      { type: pkcs11js.CKA_PRIVATE, value: false },
      { type: pkcs11js.CKA_SUBJECT, value: Buffer.from('3000', 'hex') },
      { type: pkcs11js.CKA_VALUE, value: der },
    ]);
  }

  [Symbol.dispose](): void {
    this.#module[Symbol.dispose]();
  }
}

// RFC 8017 §9.2 note 1
const sha256Prefix = Buffer.from('3031300d060960864801650304020105000420', 'hex');
// RFC 5480 §2.1.1.1, as DER
const prime256v1 = Buffer.from('06082a8648ce3d030107', 'hex');

const named = (ckaId: Buffer): pkcs11js.Template => [
  { type: pkcs11js.CKA_TOKEN, value: true },
  { type: pkcs11js.CKA_ID, value: ckaId },
  { type: pkcs11js.CKA_LABEL, value: 'one of many' },
];
