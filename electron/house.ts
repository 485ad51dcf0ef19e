import { randomBytes, randomUUID } from 'node:crypto';
import { hostname, tmpdir } from 'node:os';
import type { Failure } from '../shared/failure.ts';
import type { InstallTargetId } from '../shared/models/credential.ts';
import type { Settings } from '../shared/models/wallet.ts';
import { AcmeClient } from './acme/client.ts';
import { systemClock } from './acme/clock.ts';
import type { Approvals } from './approvals/approvals.ts';
import { approvalsOf } from './approver.ts';
import { Authenticator } from './authenticator/authenticator.ts';
import { cardCertificates } from './credentials/card-certificates.ts';
import type { AccountConnector } from './credentials/account-key-change.ts';
import { Credentials } from './credentials/credentials.ts';
import { Installer } from './credentials/installer.ts';
import { InterruptedInstalls } from './credentials/interrupted-installs.ts';
import { TokenCare } from './credentials/token-care.ts';
import { CaaCheck } from './domain-proofs/caa-check.ts';
import { DnsClient } from './domain-proofs/dns-client.ts';
import { systemResolvers } from './domain-proofs/system-resolvers.ts';
import { Visibility } from './domain-proofs/visibility.ts';
import { Enrollments } from './enrollment/enrollments.ts';
import type { Passkeys } from './enrollment/passkey-room.ts';
import { planOwnKey } from './enrollment/plan-own-key.ts';
import { createHttpClient, createUnauthenticatedHttpClient } from './http/create-http-client.ts';
import { signedExchange } from './http/signed-exchange.ts';
import { timestampExchange } from './http/timestamp-exchange.ts';
import type { HttpClient } from './http/http-client.ts';
import type { InstallTarget } from './install/install-target.ts';
import type { RoutesFor } from './http/route.ts';
import { removeLeftBehind } from './install/private-directory.ts';
import { KeyRing } from './keys/key-ring.ts';
import { openOsKeyStore } from './keys/os/open-os-key-store.ts';
import { OsKeys } from './keys/os-keys.ts';
import { PinDesk } from './keys/pin-desk.ts';
import type { AskPin } from './keys/pin.ts';
import { SoftwareKeys } from './keys/software-keys.ts';
import { TokenKeys } from './keys/token-keys.ts';
import { Turns } from './keys/turns.ts';
import { KeytarStore } from './keystore/keytar.ts';
import { AesGcmSealer } from './keystore/sealer.ts';
import { SecretServiceStore } from './keystore/secret-service.ts';
import type { SecretStore } from './keystore/secret-store.ts';
import { openTokens } from './open-tokens.ts';
import { DirectoryRoots } from './organizations/directory-roots.ts';
import { localCaOrigin, localCaVoucher } from './organizations/local-ca.ts';
import { OrganizationServers } from './organizations/organization-servers.ts';
import { Previews } from './organizations/previews.ts';
import { profileSource } from './organizations/profile-source.ts';
import { earlierComparison } from './organizations/trust.ts';
import { mayShowPage } from './passkeys/page-authority.ts';
import { Registrations } from './passkeys/registration.ts';
import type { TokenAccess } from './pkcs11/token-access.ts';
import type { TokenProcessLauncher } from './pkcs11/token-child.ts';
import { readManagedPolicy } from './platform/managed-policy.ts';
import type { Platform } from './platform/platform.ts';
import { revocationListsBy } from './revocation-lists.ts';
import { targetsOf, type TargetSurroundings } from './targets.ts';
import { browserPoliciesOf, usesOf, type Uses } from './uses.ts';
import { JoinedOrganizations } from './wallet/joined-organizations.ts';
import { openWallet, type Wallet } from './wallet/wallet.ts';

export interface HouseOptions {
  readonly version: string;
  readonly platform: Platform;
  /** Where the wallet keeps its file. */
  readonly directory: string;
  readonly localCaPath: string | null;
  /** Which proxies lead to a server. */
  readonly routesFor: RoutesFor;
  /** BCP 47 tags for what servers say, best first. */
  readonly languages: readonly string[];
  /** Where PKCS #11 modules run. */
  readonly launcher: TokenProcessLauncher;
  /** The only PKCS #11 module that is looked at. */
  readonly onlyModule?: string;
  /** Asked for PINs in place of the person at the page. */
  readonly askPin?: AskPin;
  /** Where people have their passkeys asked; nobody's are when not said. */
  readonly passkeysIn?: (surroundings: PasskeySurroundings) => Passkeys;
  /** Where credentials are put on this computer, wherever it has a place when not said; false: nowhere. */
  readonly installs?: boolean | readonly InstallTargetId[];
  readonly toFailure: (error: unknown) => Failure;
  readonly report: (doing: string, error?: unknown) => void;
}

/** What ceremonies with passkeys need of the house. */
export interface PasskeySurroundings {
  /** PEM roots that vouch for an organisation's server; undefined: whoever this computer trusts. */
  readonly rootsOf: (organizationId: string, origin: string) => readonly string[] | undefined;
  /** Whether an organisation's own page for passkeys may be shown in a window of the wallet. */
  readonly mayShowPage: (organizationId: string, origin: string) => boolean;
  readonly language: () => Settings['language'];
}

/** All of main that needs no Electron. */
export interface House extends Uses {
  readonly wallet: Wallet;
  readonly organizations: JoinedOrganizations;
  readonly previews: Previews;
  readonly enrollments: Enrollments;
  /** What this person approves for others. */
  readonly approvals: Approvals;
  readonly credentials: Credentials;
  /** Passkeys and key pairs that organisations know. */
  readonly registrations: Registrations;
  readonly keys: KeyRing;
  /** The wallet's own one-time codes. */
  readonly authenticator: Authenticator;
  /** No module is loaded before somebody looks. */
  readonly tokens: TokenAccess;
  readonly tokenCare: TokenCare;
  /** Where the person is asked for PINs. */
  readonly pinDesk: PinDesk;
  /** Where credentials can be put on this computer. */
  readonly installTargets: readonly InstallTargetId[];
  /** What was being installed or removed when the wallet was stopped. */
  readonly interrupted: InterruptedInstalls;
  /** What this computer is called, for offers that name devices. */
  readonly deviceName: string;
  /** Throws `KeystoreError` when secrets cannot be kept now. */
  readonly checkSecretStore: () => Promise<void>;
  /** Aborted as soon as the house is being closed. */
  readonly closing: AbortSignal;
  /** Leaves everything so that the next start can go on. */
  readonly close: () => Promise<void>;
}

const now = (): Date => systemClock.now();
const randomUuid = (): string => randomUUID();

/** Builds every room and opens the doors between them; throws `WalletError`, and then holds nothing open. */
export function openHouse(options: HouseOptions): House {
  const { directory, report } = options;
  const wallet = openWallet({ directory, clock: now, report });
  clearAway(options);
  try {
    return furnish(wallet, options);
  } catch (error) {
    wallet.close();
    throw error;
  }
}

/** Nothing waits for it: what a killed wallet left is not in the way of this one. */
function clearAway({ report }: HouseOptions): void {
  removeLeftBehind(tmpdir(), new Date(performance.timeOrigin)).catch((error: unknown) => {
    report('clearing away what a killed wallet left', error);
  });
}

function furnish(wallet: Wallet, options: HouseOptions): House {
  const { languages, toFailure, report } = options;
  const secrets = secretStoreOf(options.platform);
  const sealer = new AesGcmSealer({ secrets, record: wallet.masterKey });
  const pinDesk = new PinDesk({ randomUuid });
  const tokens = openTokens({ ...options, added: wallet.tokenModules });
  const keys = keysOf({ wallet, sealer, tokens, pinDesk }, options);
  const tokenCare = new TokenCare({ tokens, keys, wallet });
  const organizations = new JoinedOrganizations(wallet, sealer);
  const authenticator = authenticatorOf({ wallet, sealer }, options);
  const { servers, roots, http, httpTo, exchange } = networkOf(organizations, options);
  const acme = { userAgent: `Countersign/${options.version}`, languages };
  const { surroundings, targets, browserPolicies } = placesOf(options, wallet);
  const installer = new Installer({ wallet, keys, targets, toFailure, now, report });
  const [deviceName, checkSecretStore] = [hostname(), () => canKeep(secrets)];
  const previews = openDoorstep(options, organizations, { http, roots });
  const [turns, closing] = [new Turns(), new AbortController()];
  const connect: AccountConnector = (organizationId, account) =>
    AcmeClient.connect({ http: httpTo(organizationId), ...acme, ...account });
  const shared = { wallet, keys, connect, turns, now };
  const passkeys = options.passkeysIn?.({
    ...pagesOf(organizations, servers),
    language: () => wallet.settings.read().language,
  });
  const registrations = new Registrations({
    ...{ ...shared, randomUuid, ceremonies: passkeys?.ceremonies, closing: closing.signal },
    planKey: (keyPlace) => planOwnKey(keyPlace, { wallet, keys, tokens }),
  });
  const enrollments = new Enrollments({
    ...{ wallet, organizations, keys, tokens, installer, httpTo, acme, turns },
    ...{ checkSecretStore, toFailure, report },
    ...{ ownCodes: authenticator, ...(passkeys && { passkeys }) },
    registeredKeys: (organizationId) => registrations.keysOf(organizationId),
    lookAtRecord: (record, signal) => visibilityNow().lookAt(record, signal),
    lookAtCaa: (domain, wish, signal) => caaCheckNow().lookAt(domain, wish, signal),
    ...{ randomUuid, random: Math.random, clock: systemClock, deviceName },
  });
  const credentials = new Credentials({ ...shared, installer, browserPolicies, report });
  const parts = { ...shared, organizations, tokens, registrations, httpTo, acme, randomUuid };
  const approvals = approvalsOf({ ...parts, ...{ passkeys, toFailure, report } });
  const interrupted = new InterruptedInstalls({ wallet, installer, report });
  const close = async (): Promise<void> => {
    closing.abort();
    previews.close();
    pinDesk.close();
    await Promise.all([enrollments.close(), approvals.close(), interrupted.close()]);
    await tokens.close();
    servers.close();
    http.close();
    wallet.close();
  };
  return {
    ...{ wallet, organizations, previews, enrollments, approvals, credentials, interrupted },
    ...{ registrations, keys, tokens, tokenCare, pinDesk, authenticator },
    ...usesOf({ ...surroundings, wallet, keys, tokens, credentials, exchange }),
    ...{ installTargets: installer.targetIds, deviceName, checkSecretStore },
    ...{ close, closing: closing.signal },
  };
}

/** The ways to organisations' servers, and the one on which new ones are met. */
function networkOf(organizations: JoinedOrganizations, { routesFor }: HouseOptions) {
  const servers = new OrganizationServers({
    store: organizations,
    createHttpClient: (rootsFor) => createHttpClient({ rootsFor, routesFor }),
  });
  const roots = new DirectoryRoots(organizations);
  const http = createHttpClient({ rootsFor: (origin) => roots.rootsFor(origin), routesFor });
  const httpTo = (organizationId: string): HttpClient => servers.to(organizationId);
  return { servers, roots, http, httpTo, exchange: timestampExchange({ routesFor }) };
}

/** Both are read each time: a newer profile, or another rank, holds from the moment it is stored. */
function pagesOf(
  organizations: JoinedOrganizations,
  servers: OrganizationServers,
): Pick<PasskeySurroundings, 'rootsOf' | 'mayShowPage'> {
  const rootsOf = servers.rootsFor.bind(servers);
  const isShown = (organizationId: string, origin: string): boolean => {
    const known = organizations.find(organizationId);
    if (known === undefined) return false;
    const { vouchedBy } = known;
    return mayShowPage(origin, { vouchedBy, roots: rootsOf(organizationId, origin) });
  };
  return { rootsOf, mayShowPage: isShown };
}

// Made for each look: a computer that is carried about asks other resolvers.
const visibilityNow = (): Visibility =>
  new Visibility({ dns: new DnsClient(), resolvers: systemResolvers() });
const caaCheckNow = (): CaaCheck =>
  new CaaCheck({ dns: new DnsClient(), resolvers: systemResolvers() });

function secretStoreOf({ secretStore }: Platform): SecretStore {
  const service = 'Countersign';
  return secretStore === 'keytar' ? new KeytarStore(service) : new SecretServiceStore(service);
}

async function canKeep(secrets: SecretStore): Promise<void> {
  await secrets.read('availability');
}

interface KeyRooms {
  readonly wallet: Wallet;
  readonly sealer: AesGcmSealer;
  readonly tokens: TokenAccess;
  readonly pinDesk: PinDesk;
}

function keysOf({ wallet, sealer, tokens, pinDesk }: KeyRooms, options: HouseOptions): KeyRing {
  const { platform, askPin = pinDesk.ask } = options;
  const { osKeys, homeDirectory } = platform;
  return new KeyRing({
    software: new SoftwareKeys({ sealer, store: wallet.sealedKeys, randomUuid }),
    tokens: new TokenKeys({
      ...{ tokens, store: wallet.tokenKeys, askPin, randomBytes },
      otherWriter: cardCertificates({
        ...{ homeDirectory, temporaryDirectory: tmpdir(), environment: process.env },
      }),
    }),
    os: osKeys && new OsKeys({ store: openOsKeyStore(osKeys), randomUuid }),
  });
}

/** What cannot be read allows nothing, and neither does what others could have written. */
function authenticatorOf(
  { wallet, sealer }: Pick<KeyRooms, 'wallet' | 'sealer'>,
  { platform, report }: HouseOptions,
): Authenticator {
  const isAllowed = async (): Promise<boolean> => {
    try {
      return (await readManagedPolicy(platform.managedPolicyFile)).ownAuthenticator;
    } catch (error) {
      report('reading whether the wallet may make one-time codes', error);
      return false;
    }
  };
  const authenticator = new Authenticator({
    ...{ sealer, store: wallet.authenticators, isAllowed, now },
    sleep: (milliseconds, signal) => systemClock.sleep(milliseconds, signal),
  });
  void authenticator.refresh();
  return authenticator;
}

function placesOf({ platform, routesFor, installs = true }: HouseOptions, wallet: Wallet) {
  const readRevocationList = revocationListsBy(signedExchange(routesFor));
  const surroundings: TargetSurroundings = {
    ...{ platform, searchPath: process.env['PATH'] ?? '', temporaryDirectory: tmpdir() },
    ...{ environment: process.env, now, readRevocationList },
  };
  const isMeant = ({ id }: InstallTarget): boolean =>
    typeof installs === 'boolean' ? installs : installs.includes(id);
  const browserPolicies = browserPoliciesOf(surroundings, wallet);
  const targets = targetsOf(surroundings).filter(isMeant);
  return { surroundings: { ...surroundings, browserPolicies }, targets, browserPolicies };
}

interface ProfileNetwork {
  readonly http: HttpClient;
  readonly roots: DirectoryRoots;
}

/** Ranks 1 and 2 of who may vouch, managed policy and the organisation's own domain, go in front once they exist. */
function openDoorstep(
  { localCaPath, routesFor }: HouseOptions,
  organizations: JoinedOrganizations,
  { http, roots }: ProfileNetwork,
): Previews {
  const localCa = localCaPath === null ? [] : [localCaVoucher(localCaPath, now)];
  return new Previews({
    store: organizations,
    fetchProfile: profileSource({
      http,
      unauthenticatedHttp: createUnauthenticatedHttpClient({ routesFor }),
      isKnownOrigin: (origin) => roots.isKnown(origin),
    }),
    vouchers: [earlierComparison(organizations), ...localCa],
    isFamiliar: async (origin) =>
      roots.isKnown(origin) ||
      (localCaPath !== null && origin === (await localCaOrigin(localCaPath))),
    ...{ localCaPath, clock: now, randomUuid },
  });
}
