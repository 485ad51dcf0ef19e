import type { Signer } from '../keys/signer.ts';
import type { AccountSession } from './account-session.ts';
import type { AcmeAnswer } from './answer.ts';
import { signRegistration } from './compact-jws.ts';
import { thumbprintOf } from './key-authorization.ts';
import type { JsonObject } from './json.ts';
import { AcmeProtocolError } from './protocol-error.ts';
import { anything, lenient, list, object, oneOf, text, url, type Reader } from './shape.ts';
import { timestamp } from './timestamp.ts';

/** A passkey or a key pair that the server knows as that of the account's person. */
export interface ListedCredential {
  readonly type: 'webauthn' | 'key';
  /** Of a key pair, its thumbprint (RFC 7638). */
  readonly id: string;
  readonly name: string | undefined;
  readonly created: Date;
}

export interface CredentialList {
  readonly credentials: readonly ListedCredential[];
  /** Until when the account may add to them without another proof; undefined: it may not. */
  readonly mayAddUntil: Date | undefined;
}

/** What a passkey is to be made with. */
export interface PasskeyOffer {
  /** `PublicKeyCredentialCreationOptionsJSON`, not looked at yet. */
  readonly publicKey: unknown;
  /** The server's page for it, if it has one. */
  readonly webauthnUrl: string | undefined;
}

const identity = text({ minimum: 1, maximum: 2048 });

const credentialList: Reader<CredentialList> = object({
  credentials: list(
    object({
      type: oneOf(['webauthn', 'key']),
      id: identity,
      name: lenient(text({ maximum: 255 })),
      created: timestamp,
    }),
    { maximum: 1000 },
  ),
  mayAddUntil: lenient(timestamp),
});

const passkeyOffer: Reader<PasskeyOffer> = object({
  publicKey: anything,
  webauthnUrl: lenient(url('https:')),
});

const registered: Reader<{ readonly id: string }> = object({ id: identity });

/** Requests about what else than an account can prove a person; not ACME's, but made as those are (docs/wire-profile.md §4.3). */
export class CredentialRequests {
  readonly #session: AccountSession;

  constructor(session: AccountSession) {
    this.#session = session;
  }

  get isOffered(): boolean {
    return this.#session.directory.meta.credentials !== undefined;
  }

  async list(signal?: AbortSignal): Promise<CredentialList> {
    const doing = 'listing registered credentials';
    const answer = await this.#session.read({ doing, url: this.#url(doing), signal });
    return readAnswer(answer, credentialList);
  }

  /** Asks what a passkey is to be made with; the server expects that one for some minutes. */
  async beginPasskey(signal?: AbortSignal): Promise<PasskeyOffer> {
    const doing = 'asking for a passkey to be made';
    return readAnswer(await this.#post(doing, { type: 'webauthn' }, signal), passkeyOffer);
  }

  /** `credential`: a `RegistrationResponseJSON`. Gives the server's id. */
  async addPasskey(
    { credential, name }: { readonly credential: object; readonly name?: string | undefined },
    signal?: AbortSignal,
  ): Promise<string> {
    const doing = 'registering a passkey';
    const named = name === undefined ? {} : { name };
    const payload = { type: 'webauthn', credential: { ...credential }, ...named } as JsonObject;
    return readAnswer(await this.#post(doing, payload, signal), registered).id;
  }

  /** Registers a key pair, which says so itself. Gives its thumbprint. */
  async addKey(signer: Signer, signal?: AbortSignal): Promise<string> {
    const doing = 'registering a key pair';
    const { thumbprint } = this.#session;
    const sig = await signRegistration(signer, { url: this.#url(doing), thumbprint });
    const payload = { type: 'key', jwk: { ...signer.publicJwk }, sig } as JsonObject;
    await this.#post(doing, payload, signal);
    return thumbprintOf(signer);
  }

  async remove(
    { type, id }: Pick<ListedCredential, 'type' | 'id'>,
    signal?: AbortSignal,
  ): Promise<void> {
    await this.#post('removing a registered credential', { type, remove: id }, signal);
  }

  #post(doing: string, payload: JsonObject, signal?: AbortSignal): Promise<AcmeAnswer> {
    return this.#session.write({
      doing,
      url: this.#url(doing),
      payload,
      repeatable: false,
      signal,
    });
  }

  #url(doing: string): string {
    const { directory, directoryUrl } = this.#session;
    const { credentials } = directory.meta;
    if (credentials !== undefined) return credentials;
    throw new AcmeProtocolError('resource-missing', doing, { url: directoryUrl });
  }
}

const readAnswer = <T>(answer: AcmeAnswer, reader: Reader<T>): T =>
  AcmeProtocolError.guard(() => reader(answer.json(), ''), {
    ...{ reason: 'credential-malformed', doing: answer.doing, url: answer.url },
  });
