import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { generateSync } from 'otplib/functional';
import type { CaOptions, RunningCa } from '../../ca/running-ca.ts';
import { startCa } from '../../ca/server.ts';
import type { ChallengeView, EnrollmentState } from '../../shared/enrollment-state.ts';
import type { CredentialOffer, EnrollmentProfile } from '../../shared/models/enrollment-profile.ts';
import type { Clock } from '../acme/clock.ts';
import { createHttpClient } from '../http/create-http-client.ts';
import type { LookAtCaa } from '../enrollment/caa.ts';
import type { LookAtRecord } from '../enrollment/challenges/challenge-type.ts';
import type { Passkeys } from '../enrollment/passkey-room.ts';
import type { HttpClient } from '../http/http-client.ts';
import type { InstallTarget } from '../install/install-target.ts';
import type { OsKeyRing } from '../keys/key-ring.ts';
import type { AskPin } from '../keys/pin.ts';
import type { CertificateWriter } from '../keys/token-keys.ts';
import type { TokenAccess } from '../pkcs11/token-access.ts';
import { DirectoryTarget } from './directory-target.ts';
import { FileSecretStore } from './file-secret-store.ts';
import { openProcess, type Process } from './wallet-process.ts';

export type { Process } from './wallet-process.ts';

export const organizationId = 'org.example';
const email = 'alex@example.test';

/** A real CA, a disk and a secret store, which outlive the processes that use them. */
export class World {
  ca: RunningCa;
  readonly directory = mkdtempSync(join(tmpdir(), 'countersign-world-'));
  readonly secrets = new FileSecretStore(join(this.directory, 'secrets'));
  readonly target = new DirectoryTarget(join(this.directory, 'target'));
  /** Where credentials are really installed to by the processes that are opened from now on. */
  installTarget: InstallTarget = this.target;
  /** What the processes that are opened from now on find out about records. */
  lookAtRecord: LookAtRecord | undefined;
  lookAtCaa: LookAtCaa | undefined;
  /** What the processes that are opened from now on have of tokens, and who answers for their PINs. */
  tokens: TokenAccess | undefined;
  askPin: AskPin | undefined;
  osKeys: OsKeyRing | undefined;
  otherWriter: CertificateWriter | undefined;
  /** Where the processes that are opened from now on have people's passkeys asked. */
  passkeys: Passkeys | undefined;
  /** What the managed policy says to the processes that are opened from now on. */
  mayMakeCodes: (() => Promise<boolean>) | undefined;
  /** What stands between the CA and the processes that are opened from now on. */
  between: (http: HttpClient) => HttpClient = (http) => http;
  readonly time: { offset: number };
  /** For which service the wallets that join from now on are invited; for Alex when not said. */
  service: string | undefined;
  /** How far this computer's clock is ahead of the CA's; milliseconds. */
  skew = 0;
  /** Milliseconds that the processes which are opened from now on wait for an answer. */
  patience = 10_000;
  #http: HttpClient | undefined;
  readonly #processes: Process[] = [];

  readonly #caOptions: CaOptions;

  private constructor(ca: RunningCa, caOptions: CaOptions, time: { offset: number }) {
    this.ca = ca;
    this.#caOptions = caOptions;
    this.time = time;
  }

  static async start(options: CaOptions = {}): Promise<World> {
    const time = { offset: 0 };
    const clock = (): Date => new Date(Date.now() + time.offset);
    const caOptions = { port: 0, state: 'memory', demoPerson: true, clock, ...options } as const;
    return new World(await startCa(caOptions), caOptions, time);
  }

  /** Starts a CA that was stopped at the address it had. */
  async restartCa(): Promise<void> {
    const port = Number(new URL(this.ca.origin).port);
    this.ca = await startCa({ ...this.#caOptions, port });
  }

  async stop(): Promise<void> {
    this.ca.faults.clear();
    for (const process of this.#processes) await this.kill(process);
    this.#http?.close();
    await this.ca.stop();
    rmSync(this.directory, { recursive: true, force: true });
  }

  readonly now = (): Date => new Date(Date.now() + this.time.offset + this.skew);

  advance(seconds: number): void {
    this.time.offset += seconds * 1000;
  }

  get walletDirectory(): string {
    return join(this.directory, 'wallet');
  }

  /** Starts a wallet on the disk, as the program does. */
  open(): Process {
    const { secrets, http, clock, walletDirectory: directory, installTarget: target } = this;
    const { lookAtRecord, lookAtCaa, tokens, askPin, osKeys, otherWriter } = this;
    const { passkeys, mayMakeCodes } = this;
    const process = openProcess({
      ...{ directory, secrets, target, http, clock },
      ...(lookAtRecord && { lookAtRecord }),
      ...(lookAtCaa && { lookAtCaa }),
      ...(tokens && { tokens }),
      ...(askPin && { askPin }),
      ...(osKeys && { osKeys }),
      ...(otherWriter && { otherWriter }),
      ...(passkeys && { passkeys }),
      ...(mayMakeCodes && { mayMakeCodes }),
    });
    this.#processes.push(process);
    return process;
  }

  /** From now on nothing this process does can reach the disk. */
  async kill(process: Process): Promise<void> {
    process.wallet.close();
    await Promise.all([process.enrollments.close(), process.approvals.close()]);
    this.ca.faults.clear();
  }

  get http(): HttpClient {
    this.#http ??= createHttpClient({
      rootsFor: () => [this.ca.rootPem],
      timeout: this.patience,
    });
    return this.between(this.#dated(this.#http));
  }

  /** The CA's machine has the CA's time: Node's server knows only that of this one. */
  #dated(http: HttpClient): HttpClient {
    return {
      request: async (request) => {
        const response = await http.request(request);
        const date = new Date(Date.now() + this.time.offset).toUTCString();
        const get = (name: string) =>
          name.toLowerCase() === 'date' ? date : response.headers.get(name);
        return { ...response, headers: { get } };
      },
      close: () => undefined,
    };
  }

  /** A wallet that has joined the organisation by an invitation for Alex. */
  async joined(changes: Partial<CredentialOffer> = {}): Promise<Process & { macKey: string }> {
    const process = this.open();
    const macKey = await this.join(process, changes);
    return Object.assign(process, { macKey });
  }

  async join(process: Process, changes: Partial<CredentialOffer> = {}): Promise<string> {
    const invited =
      this.service === undefined ? { personId: this.personId } : { service: this.service };
    const { kid, macKey } = this.ca.people.invite({ for: invited });
    const profile = this.profile(changes);
    await process.organizations.join(
      {
        id: organizationId,
        profile,
        signedProfile: `e30.${Buffer.from(JSON.stringify(profile)).toString('base64url')}.c2ln`,
        signer: { hex: 'ab'.repeat(32), words: Array.from('abcdefgh') },
        vouchedBy: { by: 'local-ca' },
        invitedEmail: email,
        joinedAt: this.now().toISOString(),
      },
      { kid, macKey },
    );
    return macKey;
  }

  profile(changes: Partial<CredentialOffer> = {}): EnrollmentProfile {
    return {
      version: 1,
      id: organizationId,
      issued: '2026-11-22T00:00:00.000Z',
      expires: '2036-11-22T00:00:00.000Z',
      organization: { name: { en: 'Example' }, terms: this.ca.termsUrl },
      directory: this.ca.directoryUrl,
      roots: [new X509Certificate(this.ca.rootPem).raw.toString('base64')],
      externalAccount: 'required',
      credentials: [
        {
          id: 'wifi',
          name: { en: 'Wi-Fi' },
          purpose: 'client',
          profile: 'employee',
          identifiers: [{ type: 'email', value: '{subject.email}' }],
          key: { types: ['P-256'], places: ['software'], exportable: false },
          install: [{ target: 'browser' }],
          ...changes,
        },
      ],
    };
  }

  /** The code that Alex's authenticator shows now. */
  code(stepsAway = 0): string {
    const { secret, digits, period } = this.ca.people.totpSetup(this.personId);
    const epoch = Math.floor((Date.now() + this.time.offset) / 1000) + stepsAway * period;
    return generateSync({ strategy: 'totp', secret, digits, period, epoch });
  }

  wrongCode(): string {
    const near = [-2, -1, 0, 1, 2].map((steps) => this.code(steps));
    const candidates = ['000000', '111111', '222222', '333333', '444444', '555555'];
    return candidates.find((code) => !near.includes(code)) ?? '';
  }

  get clock(): Clock {
    return {
      now: this.now,
      // Whoever waits for minutes looks often whether a test has moved the time.
      sleep: async (milliseconds, signal) => {
        signal?.throwIfAborted();
        const real = milliseconds > 5_000 ? 50 : Math.min(milliseconds, shortened(milliseconds));
        await delay(real, undefined, { signal }).catch((error: unknown) => {
          signal?.throwIfAborted();
          throw error;
        });
      },
    };
  }

  get personId(): string {
    const alex = this.ca.people.findByEmail(email);
    if (alex === undefined) throw new Error('the demo person is missing');
    return alex.id;
  }
}

/** Pauses are cut to what costs no time; what a CA is given to answer in, not so far that a busy computer is too late. */
const shortened = (milliseconds: number): number => (milliseconds > 4_000 ? 2_000 : 200);

export const request = { organizationId, offerId: 'wifi' };

export interface ProvingEnrollment {
  readonly enrollmentId: string;
  readonly challengeId: string;
  readonly state: Extract<EnrollmentState, { step: 'proving' }>;
  readonly answer: (otp: string) => Promise<void>;
  /** The challenge as it is shown now. */
  readonly shown: () => ChallengeView | undefined;
}

/** Starts an enrolment, and waits until the code is asked for. */
export async function startProving(
  process: Process,
  enrollmentId?: string,
): Promise<ProvingEnrollment> {
  const id = enrollmentId ?? (await process.enrollments.start(request)).enrollmentId;
  const state = await reached(process, id, 'proving', ({ sending }) => !sending);
  const challenge = state.authorizations
    .flatMap(({ challenges }) => challenges)
    .find(({ kind }) => kind !== 'unsupported');
  if (challenge === undefined) throw new Error('no challenge can be answered');
  const { challengeId } = challenge;
  return {
    enrollmentId: id,
    challengeId,
    state,
    answer: (otp: string) =>
      process.enrollments.answer({
        ...{ enrollmentId: id, challengeId },
        answer: { by: 'code', otp },
      }),
    shown: () => {
      const now = process.enrollments.states().find((each) => each.enrollmentId === id);
      if (now?.step !== 'proving') throw new Error(`it is ${now?.step ?? 'gone'}`);
      return now.authorizations
        .flatMap(({ challenges }) => challenges)
        .find((each) => each.challengeId === challengeId);
    },
  };
}

type Step = EnrollmentState['step'];

/** Waits for a state of one enrolment; rejects with the state that it ended in instead. */
export function reached<Wanted extends Step>(
  { enrollments }: Pick<Process, 'enrollments'>,
  enrollmentId: string,
  wanted: Wanted,
  also: (state: Extract<EnrollmentState, { step: Wanted }>) => boolean = () => true,
): Promise<Extract<EnrollmentState, { step: Wanted }>> {
  type Reached = Extract<EnrollmentState, { step: Wanted }>;
  return new Promise((resolve, reject) => {
    const look = (state: EnrollmentState): void => {
      if (state.enrollmentId !== enrollmentId) return;
      if (state.step === wanted && also(state as Reached)) {
        unsubscribe();
        resolve(state as Reached);
      } else if (ends.includes(state.step)) {
        unsubscribe();
        reject(new Error(`waited for ${wanted}, got ${JSON.stringify(state)}`));
      }
    };
    const unsubscribe = enrollments.subscribe(look);
    enrollments.states().forEach(look);
  });
}

const ends: readonly Step[] = ['done', 'failed', 'cancelled', 'interrupted'];
