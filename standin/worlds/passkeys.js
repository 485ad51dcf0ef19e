// Electron asks the app which passkey is meant when the page named none; Chromium chooses by itself. So what Chromium chose
// waits for the app's word before the page has it.

/**
 * @typedef {{ credentialId: string, name?: string, displayName?: string, userHandle?: string }} Account
 * @typedef {{ kind: 'made' | 'found', relyingPartyId: string, account: Account }} Question
 */

/** @param {(question: Question) => Promise<string | null>} ask */
export function watchPasskeys(ask) {
  // Not there in a document that is no secure context.
  const container = globalThis.CredentialsContainer?.prototype;
  if (container === undefined) return;
  const { get, create } = container;
  const { apply } = Reflect;

  /** @param {CredentialRequestOptions} [options] */
  container.get = async function (options) {
    const found = await apply(get, this, [options]);
    const publicKey = options?.publicKey;
    const isNamed = (publicKey?.allowCredentials?.length ?? 0) > 0;
    if (!(found instanceof PublicKeyCredential) || publicKey === undefined || isNamed) return found;
    const { userHandle } = /** @type {AuthenticatorAssertionResponse} */ (found.response);
    const relyingPartyId = publicKey.rpId ?? location.hostname;
    const handle = userHandle === null ? {} : { userHandle: base64url(userHandle) };
    const account = { credentialId: found.id, ...handle };
    const chosen = await ask({ kind: 'found', relyingPartyId, account });
    if (chosen === found.id) return found;
    if (chosen === null) {
      const text = 'The operation either timed out or was not allowed.';
      throw new DOMException(text, 'NotAllowedError');
    }
    const allowCredentials = [{ type: 'public-key', id: bytesOf(chosen) }];
    return apply(get, this, [{ ...options, publicKey: { ...publicKey, allowCredentials } }]);
  };

  /** @param {CredentialCreationOptions} [options] */
  container.create = async function (options) {
    const made = await apply(create, this, [options]);
    const publicKey = options?.publicKey;
    if (!(made instanceof PublicKeyCredential) || publicKey === undefined) return made;
    const { rp, user, authenticatorSelection } = publicKey;
    const { residentKey = 'discouraged' } = authenticatorSelection ?? {};
    if (residentKey === 'discouraged') return made;
    const { name, displayName } = user;
    const userHandle = base64url(user.id);
    const account = { credentialId: made.id, name, displayName, userHandle };
    await ask({ kind: 'made', relyingPartyId: rp.id ?? location.hostname, account });
    return made;
  };
}

/** @param {BufferSource} source */
function base64url(source) {
  const bytes = ArrayBuffer.isView(source)
    ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
    : new Uint8Array(source);
  return /** @type {any} */ (bytes).toBase64({ alphabet: 'base64url', omitPadding: true });
}

/** @param {string} text */
function bytesOf(text) {
  return /** @type {any} */ (Uint8Array).fromBase64(text, { alphabet: 'base64url' });
}
