import { generateKeyPairSync } from 'node:crypto';
import { generateSync } from 'otplib/functional';
import type { Person } from '../../ca/people-types.ts';
import type { CaOptions, RunningCa } from '../../ca/running-ca.ts';
import { startCa } from '../../ca/server.ts';
import type { ExternalAccountKey } from '../acme/account.ts';
import { AcmeClient, type AcmeClientOptions } from '../acme/client.ts';
import type { Clock } from '../acme/clock.ts';
import { createHttpClient } from '../http/create-http-client.ts';
import type { HttpClient } from '../http/http-client.ts';
import { KeyObjectSigner } from '../keys/key-object-signer.ts';
import type { Signer } from '../keys/signer.ts';

export const newSigner = (): Signer =>
  new KeyObjectSigner(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);

/** A clock that does not wait: sleeping moves its time and is written down. */
export class ImpatientClock implements Clock {
  /** Milliseconds. */
  readonly slept: number[] = [];
  #time = Date.now();

  readonly now = (): Date => new Date(this.#time);

  set(time: Date): void {
    this.#time = time.getTime();
  }

  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.reject(signal.reason as Error);
    this.slept.push(milliseconds);
    this.#time += milliseconds;
    return Promise.resolve();
  }
}

const longestStep = 30_000;

/** The project's CA in memory, with Alex, who has an authenticator app. */
export class LocalCa {
  readonly ca: RunningCa;
  readonly http: HttpClient;
  readonly alex: Person;
  readonly #time: { now: number };

  private constructor(ca: RunningCa, time: { now: number }) {
    this.ca = ca;
    this.#time = time;
    this.http = createHttpClient({ rootsFor: () => [ca.rootPem], timeout: 10_000 });
    const alex = ca.people.findByEmail('alex@example.test');
    if (!alex) throw new Error('the demo person is missing');
    this.alex = alex;
  }

  static async start(options: CaOptions = {}): Promise<LocalCa> {
    // Amid a time step, so that no code changes while a test is busy.
    const time = { now: Math.floor(Date.now() / longestStep) * longestStep + 10_000 };
    const ca = await startCa({ demoPerson: true, clock: () => new Date(time.now), ...options });
    return new LocalCa(ca, time);
  }

  async stop(): Promise<void> {
    this.ca.faults.clear();
    this.http.close();
    await this.ca.stop();
  }

  get now(): Date {
    return new Date(this.#time.now);
  }

  advance(seconds: number): void {
    this.#time.now += seconds * 1000;
  }

  invite(): ExternalAccountKey {
    const { kid, macKey } = this.ca.people.invite({ for: { personId: this.alex.id } });
    return { kid, macKey };
  }

  connect(options: Partial<AcmeClientOptions> = {}): Promise<AcmeClient> {
    const { http, ca } = this;
    return AcmeClient.connect({
      http,
      directoryUrl: ca.directoryUrl,
      signer: newSigner(),
      ...options,
    });
  }

  /** A client whose account is bound to Alex. */
  async join(options: Partial<AcmeClientOptions> = {}): Promise<AcmeClient> {
    const client = await this.connect(options);
    await client.account.newAccount({
      termsOfServiceAgreed: true,
      externalAccountBinding: this.invite(),
    });
    return client;
  }

  /** Alex's code of this moment, which nobody has used: time goes on a step first. */
  freshCode(): string {
    const { secret, digits, period } = this.ca.people.totpSetup(this.alex.id);
    this.advance(2 * period);
    const epoch = Math.floor(this.#time.now / 1000);
    return generateSync({ strategy: 'totp', secret, digits, period, epoch });
  }

  /** A code of the right length that no near time step has. */
  wrongCode(): string {
    const { secret, digits, period } = this.ca.people.totpSetup(this.alex.id);
    const now = Math.floor(this.#time.now / 1000);
    const near = [-2, -1, 0, 1, 2, 3].map((steps) =>
      generateSync({ strategy: 'totp', secret, digits, period, epoch: now + steps * period }),
    );
    const all = Array.from({ length: 10 }, (_each, digit) => String(digit).repeat(digits));
    return all.find((code) => !near.includes(code)) ?? '';
  }
}
