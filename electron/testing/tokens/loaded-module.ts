import pkcs11js from 'pkcs11js';

/** A module in this very process, by bare pkcs11js: what the test doubles are looked at with. */
export class LoadedModule implements Disposable {
  readonly pkcs11 = new pkcs11js.PKCS11();
  readonly #before: ReadonlyMap<string, string | undefined>;

  /** `env` holds until the end: modules read the environment of their process when they are initialised. */
  constructor(modulePath: string, env: Readonly<Record<string, string>>) {
    this.#before = new Map(Object.keys(env).map((name) => [name, process.env[name]]));
    Object.assign(process.env, env);
    this.pkcs11.load(modulePath);
    this.pkcs11.C_Initialize({ flags: pkcs11js.CKF_OS_LOCKING_OK });
  }

  /** Slots with a token. */
  get slots(): readonly Buffer[] {
    return this.pkcs11.C_GetSlotList(true);
  }

  /** The slot of the first token that is ready for use. */
  get slot(): Buffer {
    const ready = this.slots.find(
      (slot) => (this.pkcs11.C_GetTokenInfo(slot).flags & pkcs11js.CKF_TOKEN_INITIALIZED) !== 0,
    );
    if (ready === undefined) throw new Error('there is no token');
    return ready;
  }

  get tokenFlags(): number {
    return this.pkcs11.C_GetTokenInfo(this.slot).flags;
  }

  /** A session that may write, logged in when there is a PIN. */
  open(pin?: string, slot: Buffer = this.slot): Buffer {
    const flags = pkcs11js.CKF_SERIAL_SESSION | pkcs11js.CKF_RW_SESSION;
    const session = this.pkcs11.C_OpenSession(slot, flags);
    if (pin !== undefined) this.pkcs11.C_Login(session, pkcs11js.CKU_USER, pin);
    return session;
  }

  find(session: Buffer, template: pkcs11js.Template): readonly Buffer[] {
    this.pkcs11.C_FindObjectsInit(session, template);
    const found = this.pkcs11.C_FindObjects(session, 1_000);
    this.pkcs11.C_FindObjectsFinal(session);
    return found;
  }

  [Symbol.dispose](): void {
    this.pkcs11.C_Finalize();
    this.pkcs11.close();
    for (const [name, value] of this.#before) {
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
  }
}

/** The name of what a module answered, as `CKR_PIN_INCORRECT`; `CKR_OK` when it did what was asked. */
export function returnValueOf(call: () => unknown): string {
  try {
    call();
    return 'CKR_OK';
  } catch (error) {
    const name = /CKR_\w+/.exec(error instanceof Error ? error.message : '')?.[0];
    if (name === undefined) throw error;
    return name;
  }
}

/** Has a P-256 key pair made, in the usual way. */
export function generateP256(module: LoadedModule, session: Buffer): pkcs11js.KeyPair {
  const id = Buffer.from('c0ffee', 'hex');
  const curve = Buffer.from('06082a8648ce3d030107', 'hex');
  return module.pkcs11.C_GenerateKeyPair(
    session,
    { mechanism: pkcs11js.CKM_EC_KEY_PAIR_GEN },
    [
      { type: pkcs11js.CKA_TOKEN, value: true },
      { type: pkcs11js.CKA_ID, value: id },
      { type: pkcs11js.CKA_VERIFY, value: true },
      { type: pkcs11js.CKA_EC_PARAMS, value: curve },
    ],
    [
      { type: pkcs11js.CKA_TOKEN, value: true },
      { type: pkcs11js.CKA_ID, value: id },
      { type: pkcs11js.CKA_PRIVATE, value: true },
      { type: pkcs11js.CKA_SENSITIVE, value: true },
      { type: pkcs11js.CKA_EXTRACTABLE, value: false },
      { type: pkcs11js.CKA_SIGN, value: true },
    ],
  );
}

/** ECDSA over 32 octets, into a buffer with room to spare. */
export function signDigest(module: LoadedModule, session: Buffer, key: Buffer): Buffer {
  module.pkcs11.C_SignInit(session, { mechanism: pkcs11js.CKM_ECDSA }, key);
  return module.pkcs11.C_Sign(session, Buffer.alloc(32, 7), Buffer.alloc(256));
}
