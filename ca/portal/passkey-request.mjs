// Runs in the browser, on /portal/passkey. What a wallet asks for comes in the fragment of the address, where anybody
// can put anything: it is taken whole or not at all, and only what is named here goes on to the authenticator.

const longestFragment = 65_536;
const knownTransports = ['ble', 'cable', 'hybrid', 'internal', 'nfc', 'smart-card', 'usb'];
const knownHints = ['client-device', 'hybrid', 'security-key'];
const mostCredentials = 64;

/**
 * Reads `#request=…&return=…` (docs/wire-profile.md §4.1); undefined when there is anything wrong with it.
 * `host` is the host name of the page.
 */
export function readRequest(fragment, host) {
  if (fragment.length > longestFragment || !fragment.startsWith('#')) return undefined;
  const fields = new URLSearchParams(fragment.slice(1));
  if ([...fields.keys()].sort().join() !== 'request,return') return undefined;
  const returnTo = readReturn(fields.get('return'));
  const request = parse(fields.get('request'));
  if (returnTo === undefined || !hasOnly(request, ['publicKey', 'code'], ['state'])) {
    return undefined;
  }
  const { publicKey, code, state } = request;
  if (!matches(code, /^[\w-]{8}$/)) return undefined;
  if (state !== undefined && !matches(state, /^[\w-]{1,128}$/)) return undefined;
  const ceremony = readCeremony(publicKey, host);
  return ceremony && { ...ceremony, code, state, returnTo };
}

/** To the window that holds the page, or to a program of this computer; nowhere else. A policy cannot name [::1]. */
function readReturn(text) {
  if (text === 'window') return text;
  const [, port] = /^http:\/\/127\.0\.0\.1:(\d{1,5})\/[\w/-]{1,200}$/.exec(text) ?? [];
  return Number(port) > 0 && Number(port) < 65_536 ? text : undefined;
}

function parse(encoded) {
  if (!matches(encoded, /^[\w-]+$/)) return undefined;
  try {
    const binary = globalThis.atob(encoded.replaceAll('-', '+').replaceAll('_', '/'));
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    // Not base64, not UTF-8 or not JSON: all the same to the person.
    return undefined;
  }
}

function readCeremony(publicKey, host) {
  if (!isObject(publicKey)) return undefined;
  const read = 'rp' in publicKey ? readCreation : readAssertion;
  const options = read(publicKey, host);
  return options && { kind: 'rp' in publicKey ? 'create' : 'use', options };
}

function readAssertion(publicKey, host) {
  const optional = ['timeout', 'userVerification', 'allowCredentials', 'hints'];
  if (!hasOnly(publicKey, ['rpId', 'challenge'], optional)) return undefined;
  const { rpId, challenge, userVerification = 'required', allowCredentials = [] } = publicKey;
  const common = readCommon(publicKey);
  const isRight =
    common !== undefined &&
    rpId === host &&
    isBinary(challenge, 32, 32) &&
    userVerification === 'required' &&
    isDescriptors(allowCredentials);
  return isRight ? { ...common, rpId, challenge, userVerification, allowCredentials } : undefined;
}

function readCreation(publicKey, host) {
  const required = ['rp', 'user', 'challenge', 'pubKeyCredParams', 'authenticatorSelection'];
  const optional = ['timeout', 'excludeCredentials', 'attestation', 'hints'];
  if (!hasOnly(publicKey, required, optional)) return undefined;
  const { rp, user, challenge, pubKeyCredParams, authenticatorSelection } = publicKey;
  const { excludeCredentials = [], attestation = 'none' } = publicKey;
  const common = readCommon(publicKey);
  const isRight =
    common !== undefined &&
    hasOnly(rp, ['id', 'name']) &&
    rp.id === host &&
    isText(rp.name) &&
    isUser(user) &&
    isBinary(challenge, 32, 32) &&
    isParameters(pubKeyCredParams) &&
    isSelection(authenticatorSelection) &&
    isDescriptors(excludeCredentials) &&
    attestation === 'none';
  if (!isRight) return undefined;
  return {
    ...common,
    ...{ rp, user, challenge, pubKeyCredParams, authenticatorSelection },
    ...{ excludeCredentials, attestation },
  };
}

function readCommon({ timeout = 120_000, hints = [] }) {
  if (!Number.isFinite(timeout) || !isListOf(hints, 16, (hint) => knownHints.includes(hint))) {
    return undefined;
  }
  return { timeout: Math.min(600_000, Math.max(30_000, timeout)), hints };
}

function isUser(user) {
  if (!hasOnly(user, ['id', 'name', 'displayName'])) return false;
  return isBinary(user.id, 1, 64) && isText(user.name) && isText(user.displayName);
}

function isParameters(parameters) {
  const isParameter = (one) =>
    hasOnly(one, ['type', 'alg']) && one.type === 'public-key' && Number.isInteger(one.alg);
  return isListOf(parameters, 32, isParameter) && parameters.length > 0;
}

function isSelection(selection) {
  const optional = ['residentKey', 'requireResidentKey', 'authenticatorAttachment'];
  if (!hasOnly(selection, ['userVerification'], optional)) return false;
  const { userVerification, residentKey, requireResidentKey, authenticatorAttachment } = selection;
  return (
    userVerification === 'required' &&
    [undefined, 'required', 'preferred', 'discouraged'].includes(residentKey) &&
    [undefined, true, false].includes(requireResidentKey) &&
    [undefined, 'platform', 'cross-platform'].includes(authenticatorAttachment)
  );
}

function isDescriptors(descriptors) {
  const isDescriptor = (one) =>
    hasOnly(one, ['type', 'id'], ['transports']) &&
    one.type === 'public-key' &&
    // WebAuthn L3 §4.
    isBinary(one.id, 1, 1023) &&
    isListOf(one.transports ?? [], 16, (transport) => knownTransports.includes(transport));
  return isListOf(descriptors, mostCredentials, isDescriptor);
}

function isListOf(list, most, isRight) {
  return Array.isArray(list) && list.length <= most && list.every(isRight);
}

function isText(text) {
  return typeof text === 'string' && text.length <= 255;
}

function isBinary(text, least, most) {
  const octets = matches(text, /^[\w-]+$/) ? Math.floor((text.length * 3) / 4) : 0;
  return octets >= least && octets <= most;
}

function matches(text, pattern) {
  return typeof text === 'string' && pattern.test(text);
}

function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function hasOnly(value, required, optional = []) {
  if (!isObject(value)) return false;
  const names = Object.keys(value);
  const isKnown = (name) => required.includes(name) || optional.includes(name);
  return names.every(isKnown) && required.every((name) => names.includes(name));
}
