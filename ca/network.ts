import { X509Certificate } from 'node:crypto';

/** A network that lets in whoever has a certificate of the offer `wifi-vpn`, as docs/enrollment-profile.md describes networks. */
export type CaNetwork = {
  readonly ssids: readonly string[];
  readonly wired: boolean;
  readonly serverNames: readonly string[];
  /** Base64 DER. */
  readonly serverRoots: readonly string[];
  readonly outerIdentity: string;
  /** Where wallets may try it. */
  readonly probe?: {
    readonly radius?: { readonly host: string; readonly port: number; readonly secret: string };
    readonly network?: boolean;
  };
};

/** The description of a network is none. */
export class NetworkDescriptionError extends Error {
  readonly code = 'badNetwork';

  constructor(what: string) {
    super(`the description of the network: ${what}`);
    this.name = 'NetworkDescriptionError';
  }
}

/** Reads what an administrator wrote into a file; throws `NetworkDescriptionError`. */
export function readNetwork(text: string): CaNetwork {
  const value = object(json(text), 'it is no object');
  refuseOthers(value, ['ssids', 'wired', 'serverNames', 'serverRoots', 'outerIdentity', 'probe']);
  const { ssids = [], wired = false, serverNames, serverRoots, outerIdentity, probe } = value;
  mustBe(typeof wired === 'boolean', 'wired is neither true nor false');
  const network = {
    ssids: texts(ssids, 'ssids is no list of at most 8 names of Wi-Fi networks', isSsid),
    wired,
    serverNames: someTexts(
      serverNames,
      'serverNames is no list of 1 to 8 host names in lower case',
      isHostName,
    ),
    serverRoots: someTexts(
      serverRoots,
      'serverRoots is no list of 1 to 8 certificates of CAs in base64 DER',
      isCertificate,
    ),
    outerIdentity: anonymous(outerIdentity),
    ...(probe !== undefined && { probe: readProbe(probe) }),
  };
  mustBe(network.wired || network.ssids.length > 0, 'it names no network');
  return network;
}

function readProbe(value: unknown): NonNullable<CaNetwork['probe']> {
  const { radius, network, ...others } = object(value, 'probe is no object');
  refuseOthers(others, []);
  mustBe(
    network === undefined || typeof network === 'boolean',
    'probe.network is neither true nor false',
  );
  mustBe(radius !== undefined || network === true, 'probe names nothing to try');
  return {
    ...(radius !== undefined && { radius: readRadius(radius) }),
    ...(network !== undefined && { network }),
  };
}

function readRadius(value: unknown): { host: string; port: number; secret: string } {
  const { host, port = 1812, secret, ...others } = object(value, 'probe.radius is no object');
  refuseOthers(others, []);
  mustBe(
    typeof host === 'string' && (isHostName(host) || /^[\d.]{7,15}$|:/.test(host)),
    'probe.radius.host is neither a host name nor an address',
  );
  mustBe(
    typeof port === 'number' && Number.isInteger(port) && port > 0 && port < 65_536,
    'probe.radius.port is no number from 1 to 65535',
  );
  mustBe(
    typeof secret === 'string' && /^[\x21-\x7e]{1,64}$/.test(secret),
    'probe.radius.secret is no text of 1 to 64 ASCII characters without spaces',
  );
  return { host, port, secret };
}

function json(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) throw new NetworkDescriptionError('it is no JSON');
    throw error;
  }
}

function object(value: unknown, what: string): Readonly<Record<string, unknown>> {
  mustBe(typeof value === 'object' && value !== null && !Array.isArray(value), what);
  return value as Readonly<Record<string, unknown>>;
}

/** A misspelt member would leave a network without what it was to say. */
function refuseOthers(value: Readonly<Record<string, unknown>>, known: readonly string[]): void {
  for (const member of Object.keys(value)) mustBe(known.includes(member), `${member} is unknown`);
}

function texts(value: unknown, what: string, isOne: (text: string) => boolean): readonly string[] {
  const isList = Array.isArray(value) && value.length <= 8;
  mustBe(isList && value.every((each) => typeof each === 'string' && isOne(each)), what);
  return value as readonly string[];
}

function someTexts(...[value, what, isOne]: Parameters<typeof texts>): readonly string[] {
  const read = texts(value, what, isOne);
  mustBe(read.length > 0, what);
  return read;
}

const isSsid = (text: string): boolean => /^\P{Cc}+$/u.test(text) && octets(text) <= 32;

function anonymous(value: unknown): string {
  const [user = '', realm = '', ...beyond] = typeof value === 'string' ? value.split('@') : [];
  const isAnonymous = ['', 'anonymous'].includes(user) && isHostName(realm) && beyond.length === 0;
  mustBe(isAnonymous, 'outerIdentity is no anonymous@realm');
  return `${user}@${realm}`;
}

const isHostName = (text: string): boolean =>
  text.length <= 253 &&
  /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(text);

const octets = (text: string): number => Buffer.byteLength(text);

function isCertificate(base64: string): boolean {
  try {
    return new X509Certificate(Buffer.from(base64, 'base64')).ca;
  } catch {
    // OpenSSL says by an error that it is none.
    return false;
  }
}

function mustBe(condition: boolean, what: string): asserts condition {
  if (!condition) throw new NetworkDescriptionError(what);
}
