import { KnownIssuers } from '../certificates/known-issuers.ts';
import type { HttpClient } from '../http/http-client.ts';
import type { Signer } from '../keys/signer.ts';
import { AccountRequests } from './account-requests.ts';
import { AccountSession } from './account-session.ts';
import { ApprovalRequests } from './approval-requests.ts';
import { AuthorizationRequests } from './authorization-requests.ts';
import { CertificateRequests } from './certificate-requests.ts';
import { ChallengeRequests } from './challenge-requests.ts';
import { CredentialRequests } from './credential-requests.ts';
import { systemClock, type Clock } from './clock.ts';
import type { Directory } from './directory.ts';
import type { DirectoryCache } from './directory-cache.ts';
import { OrderRequests } from './order-requests.ts';
import type { PollPace } from './poll.ts';
import { RenewalInfoRequests } from './renewal-info-requests.ts';
import {
  defaultPollBackoff,
  defaultRetryPolicy,
  type Backoff,
  type RetryPolicy,
} from './retry-policy.ts';

export interface AcmeClientOptions {
  readonly http: HttpClient;
  readonly directoryUrl: string;
  /** The account key. */
  readonly signer: Signer;
  /** Of an account that exists; found or made by `newAccount` otherwise. */
  readonly accountUrl?: string;
  /** RFC 8555 §6.1 requires it. */
  readonly userAgent?: string;
  /** Languages in which problems should be told, best first (RFC 8555 §6.1). */
  readonly languages?: readonly string[];
  readonly clock?: Clock;
  /** In [0, 1); spreads retries and polls. */
  readonly random?: () => number;
  readonly retry?: RetryPolicy;
  readonly pollBackoff?: Backoff;
  /** Saves the first request of each client whose server was met before. */
  readonly directories?: DirectoryCache;
}

/**
 * An account at an ACME server, with the requests of RFC 8555 §7 by the object that they are about.
 * They throw `AcmeProblem` (the server refused), `AcmeProtocolError` (its answer is unusable), `HttpError` (no answer),
 * or `AcmeOutcomeUnknown` (no answer to a request that must not be repeated unseen); an abort rejects with the signal's reason.
 */
export class AcmeClient {
  readonly account: AccountRequests;
  readonly orders: OrderRequests;
  readonly authorizations: AuthorizationRequests;
  readonly challenges: ChallengeRequests;
  readonly certificates: CertificateRequests;
  readonly renewalInfo: RenewalInfoRequests;
  readonly credentials: CredentialRequests;
  readonly approvals: ApprovalRequests;
  /** Of the server's certificates. */
  readonly issuers = new KnownIssuers();
  readonly #session: AccountSession;

  private constructor(session: AccountSession, pace: PollPace) {
    this.#session = session;
    this.account = new AccountRequests(session, pace);
    this.orders = new OrderRequests(session, pace);
    this.authorizations = new AuthorizationRequests(session, pace);
    this.challenges = new ChallengeRequests(session);
    this.certificates = new CertificateRequests(session);
    this.renewalInfo = new RenewalInfoRequests(session);
    this.credentials = new CredentialRequests(session);
    this.approvals = new ApprovalRequests(session);
  }

  /** Reads the directory (RFC 8555 §7.1.1). */
  static async connect(options: AcmeClientOptions, signal?: AbortSignal): Promise<AcmeClient> {
    const clock = options.clock ?? systemClock;
    const random = options.random ?? Math.random;
    const session = await AccountSession.open(
      {
        http: options.http,
        directoryUrl: options.directoryUrl,
        signer: options.signer,
        accountUrl: options.accountUrl,
        userAgent: options.userAgent ?? 'Countersign',
        languages: options.languages ?? [],
        retry: options.retry ?? defaultRetryPolicy,
        directories: options.directories,
        clock,
        random,
      },
      signal,
    );
    const backoff = options.pollBackoff ?? defaultPollBackoff;
    return new AcmeClient(session, { backoff, clock, random });
  }

  get directory(): Directory {
    return this.#session.directory;
  }

  /** Undefined until there is an account. */
  get accountUrl(): string | undefined {
    return this.#session.accountUrl;
  }

  /** RFC 7638 thumbprint of the account key. */
  get thumbprint(): string {
    return this.#session.thumbprint;
  }
}
