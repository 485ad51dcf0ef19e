import { randomBytes, randomUUID } from 'node:crypto';
import type { EnrollmentState } from '../../shared/enrollment-state.ts';
import { AcmeClient } from '../acme/client.ts';
import type { Clock } from '../acme/clock.ts';
import { Approvals } from '../approvals/approvals.ts';
import { Authenticator } from '../authenticator/authenticator.ts';
import { Candidates } from '../credentials/candidates.ts';
import type { AccountConnector } from '../credentials/account-key-change.ts';
import { Credentials } from '../credentials/credentials.ts';
import { Installer } from '../credentials/installer.ts';
import { InterruptedInstalls } from '../credentials/interrupted-installs.ts';
import type { LookAtCaa } from '../enrollment/caa.ts';
import { DnsError } from '../domain-proofs/dns-error.ts';
import { Enrollments } from '../enrollment/enrollments.ts';
import type { Passkeys } from '../enrollment/passkey-room.ts';
import { planOwnKey } from '../enrollment/plan-own-key.ts';
import type { LookAtRecord } from '../enrollment/challenges/challenge-type.ts';
import type { HttpClient } from '../http/http-client.ts';
import type { InstallTarget } from '../install/install-target.ts';
import { failureTranslator } from '../ipc/to-failure.ts';
import { KeyRing, type OsKeyRing } from '../keys/key-ring.ts';
import type { AskPin } from '../keys/pin.ts';
import { SoftwareKeys } from '../keys/software-keys.ts';
import { Turns } from '../keys/turns.ts';
import { TokenKeys, type CertificateWriter } from '../keys/token-keys.ts';
import { AesGcmSealer } from '../keystore/sealer.ts';
import type { SecretStore } from '../keystore/secret-store.ts';
import { Registrations } from '../passkeys/registration.ts';
import { JoinedOrganizations } from '../wallet/joined-organizations.ts';
import { ForkedProcessLauncher } from '../pkcs11/forked-process.ts';
import type { TokenAccess } from '../pkcs11/token-access.ts';
import { TokenError } from '../pkcs11/token-error.ts';
import { Tokens } from '../pkcs11/tokens.ts';
import { openWallet, type Wallet } from '../wallet/wallet.ts';
import { NamedModules, tokenProgram } from './tokens/token-world.ts';

export interface ProcessOptions {
  /** Of the wallet's file. */
  readonly directory: string;
  readonly secrets: SecretStore;
  readonly target: InstallTarget;
  readonly http: HttpClient;
  readonly clock: Clock;
  /** Nobody knows anything about names when not said. */
  readonly lookAtRecord?: LookAtRecord;
  readonly lookAtCaa?: LookAtCaa;
  /** There are none when not said. */
  readonly tokens?: TokenAccess;
  readonly askPin?: AskPin;
  readonly osKeys?: OsKeyRing;
  readonly otherWriter?: CertificateWriter;
  /** Nobody sits at a screen when not said. */
  readonly passkeys?: Passkeys;
  /** Whether the managed policy lets the wallet make one-time codes; it does not when not said. */
  readonly mayMakeCodes?: () => Promise<boolean>;
}

const nobodyAnswers: AskPin = ({ moduleName: module, token: { label: token } }) =>
  Promise.reject(new TokenError({ reason: 'pin-cancelled', module, token }, 'asking nobody'));

const noTokens = (): TokenAccess =>
  new Tokens({
    modules: new NamedModules(),
    launcher: new ForkedProcessLauncher({ program: tokenProgram }),
    report: () => undefined,
  });

const cause = new DnsError('timeout', 'asking a name server');
const unanswered: LookAtRecord = () => Promise.resolve({ seen: 'unknown', cause });
const caaUnanswered: LookAtCaa = () => Promise.resolve({ verdict: 'unknown', cause });

/** The wallet of one process, put together as the program does it. */
export interface Process {
  readonly wallet: Wallet;
  readonly organizations: JoinedOrganizations;
  /** Those in software. */
  readonly keys: SoftwareKeys;
  readonly tokenKeys: TokenKeys;
  readonly ring: KeyRing;
  readonly tokens: TokenAccess;
  readonly installer: Installer;
  readonly interrupted: InterruptedInstalls;
  readonly authenticator: Authenticator;
  readonly registrations: Registrations;
  readonly enrollments: Enrollments;
  readonly approvals: Approvals;
  readonly credentials: Credentials;
  /** Every state that was reported, oldest first. */
  readonly reported: EnrollmentState[];
  /** Errors that nobody foresaw. */
  readonly unforeseen: unknown[];
  /** Errors that change nothing for the person. */
  readonly logged: unknown[];
}

export function openProcess(options: ProcessOptions): Process {
  const { directory, secrets, target, http, clock } = options;
  const { lookAtRecord = unanswered, lookAtCaa = caaUnanswered } = options;
  const unforeseen: unknown[] = [];
  const logged: unknown[] = [];
  const report = (_doing: string, error: unknown): void => {
    logged.push(error);
  };
  const now = (): Date => clock.now();
  const toFailure = failureTranslator((error) => unforeseen.push(error));
  const wallet = openWallet({ directory, clock: now, report });
  const sealer = new AesGcmSealer({ secrets, record: wallet.masterKey });
  const keys = new SoftwareKeys({ sealer, store: wallet.sealedKeys, randomUuid: randomUUID });
  const { tokens = noTokens(), askPin = nobodyAnswers } = options;
  const store = wallet.tokenKeys;
  const { otherWriter } = options;
  const tokenKeys = new TokenKeys({
    ...{ tokens, store, askPin, randomBytes },
    ...(otherWriter && { otherWriter }),
  });
  const ring = new KeyRing({ software: keys, tokens: tokenKeys, os: options.osKeys ?? null });
  const organizations = new JoinedOrganizations(wallet, sealer);
  const installer = new Installer({
    ...{ wallet, keys: ring, targets: [target], toFailure, now, report },
  });
  const acme = { userAgent: 'Countersign test' };
  const turns = new Turns();
  const connect: AccountConnector = (_organizationId, account) =>
    AcmeClient.connect({ http, clock, ...account });
  const { passkeys, mayMakeCodes = () => Promise.resolve(false) } = options;
  const authenticator = new Authenticator({
    ...{ sealer, store: wallet.authenticators, isAllowed: mayMakeCodes, now },
    sleep: (milliseconds, signal) => clock.sleep(milliseconds, signal),
  });
  const registrations = new Registrations({
    ...{ wallet, keys: ring, connect, turns, randomUuid: randomUUID, now },
    ...{ ceremonies: passkeys?.ceremonies, closing: new AbortController().signal },
    planKey: (keyPlace) => planOwnKey(keyPlace, { wallet, keys: ring, tokens }),
  });
  const enrollments = new Enrollments({
    ...{ turns, wallet, organizations, keys: ring, tokens, installer, acme },
    ...{ toFailure, report, clock, lookAtRecord, lookAtCaa, ownCodes: authenticator },
    ...(passkeys && { passkeys }),
    registeredKeys: (organizationId) => registrations.keysOf(organizationId),
    httpTo: () => http,
    checkSecretStore: async () => {
      await secrets.read('availability');
    },
    ...{ random: Math.random, randomUuid: randomUUID, deviceName: 'test-computer' },
  });
  const credentials = new Credentials({
    ...{ wallet, keys: ring, installer, turns, report, now, connect },
  });
  const approvals = new Approvals({
    ...{ wallet, organizations, keys: ring, turns, httpTo: () => http, acme, toFailure, report },
    ...{ clock, random: Math.random, randomUuid: randomUUID, ...(passkeys && { passkeys }) },
    candidates: new Candidates({ wallet, tokens, report }),
    registeredKeys: (organizationId) => registrations.keysOf(organizationId),
    trustedRoots: () => [],
  });
  const reported: EnrollmentState[] = [];
  enrollments.subscribe((state) => reported.push(state));
  return {
    ...{ wallet, organizations, keys, tokenKeys, ring, tokens, installer },
    ...{ authenticator, registrations, enrollments, approvals, credentials },
    interrupted: new InterruptedInstalls({ wallet, installer, report }),
    ...{ reported, unforeseen, logged },
  };
}
