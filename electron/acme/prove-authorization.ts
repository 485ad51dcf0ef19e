import type { Authorization } from './authorization.ts';
import type { Challenge } from './challenge.ts';
import type { AcmeClient } from './client.ts';
import type { Clock } from './clock.ts';
import type { DomainProof, ProofCleanup, ProofRequest } from './domain-proof.ts';
import { AuthorizationFailed, NoProof } from './issuance-error.ts';
import type { OrderIdentifier } from './order.ts';
import { checkOrdered } from './ordered.ts';
import { AcmeProblem } from './problem.ts';
import { AcmeOutcomeUnknown, AcmeProtocolError } from './protocol-error.ts';

export interface ProvingOptions {
  readonly client: AcmeClient;
  /** What was asked for, not what the CA made of it. */
  readonly identifiers: readonly OrderIdentifier[];
  /** Best first: for each authorization the first one that suits is taken. */
  readonly proofs: readonly DomainProof[];
  readonly clock: Clock;
  /** Milliseconds that the CA gets to look at a proof. */
  readonly patience: number;
  /** Hears of what could not be taken away afterwards. */
  readonly report: (doing: string, error: unknown) => void;
}

/** Sees to it that an authorization is valid (RFC 8555 §7.5); one that is already costs a single request. */
export async function proveAuthorization(
  url: string,
  options: ProvingOptions,
  signal: AbortSignal,
): Promise<void> {
  const authorization = await options.client.authorizations.fetch(url, signal);
  if (authorization.status === 'valid') return;
  if (authorization.status !== 'pending') throw failed(authorization);
  checkOrdered(authorization, options.identifiers);
  const { proof, challenge } = choose(authorization, options.proofs);
  // An earlier run has answered it already: there is nothing to do but to wait.
  if (challenge.status === 'processing') {
    await settled(authorization, challenge, options, signal);
    return;
  }
  const cleanup = await proof.prepare(requestFor(authorization, challenge, options, signal));
  try {
    const answered = await respond(authorization, challenge, options, signal);
    // A CA that validates while it answers spares us the question.
    if (answered?.status === 'valid') return;
    await settled(authorization, challenge, options, signal);
  } finally {
    await cleanUp(cleanup, options);
  }
}

/** RFC 8555 §8.3 and RFC 8737 §3 prove one host, never all names below it. */
const notForWildcards: readonly string[] = ['http-01', 'tls-alpn-01'];

function choose(
  { identifier, wildcard, challenges }: Authorization,
  proofs: readonly DomainProof[],
): { readonly proof: DomainProof; readonly challenge: Challenge } {
  for (const proof of proofs) {
    if (wildcard && notForWildcards.includes(proof.type)) continue;
    const challenge = challenges.find(
      ({ type, status }) =>
        type === proof.type && (status === 'pending' || status === 'processing'),
    );
    if (challenge && proof.suits({ identifier, wildcard })) return { proof, challenge };
  }
  throw new NoProof(
    identifier,
    challenges.map(({ type }) => type),
  );
}

function requestFor(
  { identifier, wildcard, expires }: Authorization,
  challenge: Challenge,
  { client }: ProvingOptions,
  signal: AbortSignal,
): ProofRequest {
  const { token } = challenge;
  return {
    identifier,
    wildcard,
    expires,
    challenge,
    keyAuthorization: token === undefined ? undefined : client.challenges.keyAuthorization(token),
    accountUrl: client.accountUrl ?? '',
    newAccountUrl: client.directory.newAccount,
    signal,
  };
}

/** RFC 8555 §7.5.1. However the request ended, the authorization's status decides; undefined when the answer was of no use. */
async function respond(
  authorization: Authorization,
  { url }: Challenge,
  { client }: ProvingOptions,
  signal: AbortSignal,
): Promise<Challenge | undefined> {
  try {
    return await client.challenges.respond(url, {}, signal);
  } catch (error) {
    if (!(error instanceof AcmeProblem || error instanceof AcmeProtocolError)) {
      if (!(error instanceof AcmeOutcomeUnknown)) throw error;
    }
    const latest = await client.authorizations.fetch(authorization.url, signal);
    const challenge = latest.challenges.find((each) => each.url === url);
    if (latest.status !== 'pending' || challenge?.status !== 'pending') return challenge;
    if (!(error instanceof AcmeOutcomeUnknown)) throw error;
    // RFC 8555 §8.2: the client may ask for validation again, and this response holds no secret that is used up.
    return client.challenges.respond(url, {}, signal);
  }
}

async function settled(
  { url }: Authorization,
  { type }: Challenge,
  { client, clock, patience }: ProvingOptions,
  signal: AbortSignal,
): Promise<void> {
  const deadline = new Date(clock.now().getTime() + patience);
  const latest = await client.authorizations.poll(url, { deadline }, signal);
  if (latest.status !== 'valid') throw failed(latest, type);
}

function failed(authorization: Authorization, type?: string): AuthorizationFailed {
  const { url, identifier, status, challenges } = authorization;
  const told = challenges.find((each) => each.error && (type === undefined || each.type === type));
  const answered = type ?? told?.type;
  return new AuthorizationFailed({ url, identifier, status, type: answered, problem: told?.error });
}

async function cleanUp(cleanup: ProofCleanup, { report }: ProvingOptions): Promise<void> {
  try {
    await cleanup();
  } catch (error) {
    // What is left over proves nothing to anybody any more; the certificate does not depend on it.
    report('taking a proof away', error);
  }
}
