import type { Authorization } from '../acme/authorization.ts';
import type { AcmeClient } from '../acme/client.ts';
import { systemClock } from '../acme/clock.ts';
import type { DomainProof, ProofRequest } from '../acme/domain-proof.ts';
import type { Identifier } from '../acme/identifier.ts';
import { obtainCertificate } from '../acme/obtain-certificate.ts';
import { newSigner } from './local-ca.ts';

/** Somebody who proves names, one proof at a time, and gets certificates for them. */
export class DomainHolder {
  readonly client: AcmeClient;
  readonly #proof: DomainProof;

  constructor(client: AcmeClient, proof: DomainProof) {
    this.client = client;
    this.#proof = proof;
  }

  /** The certificate's chain, verified up to the roots. */
  async obtain(
    identifiers: readonly Identifier[],
    {
      roots,
      now = () => new Date(),
      ...details
    }: {
      readonly roots: readonly string[];
      readonly now?: () => Date;
      readonly profile?: string;
    },
  ): Promise<readonly string[]> {
    const leftBehind: unknown[] = [];
    const { chain } = await obtainCertificate(this.client, {
      ...details,
      identifiers,
      key: { signer: newSigner(), purpose: 'service' },
      proofs: [this.#proof],
      roots,
      clock: { ...systemClock, now },
      report: (_doing, error) => leftBehind.push(error),
    });
    if (leftBehind.length > 0) throw new AggregateError(leftBehind, 'a proof was left behind');
    return chain;
  }

  /** Proves the authorization, and says what became of it; the proof is gone again. */
  async prove(authorization: Authorization): Promise<Authorization> {
    const { authorizations, challenges } = this.client;
    const request = this.requestFor(authorization);
    const cleanup = await this.#proof.prepare(request);
    try {
      await challenges.respond(request.challenge.url, {});
      return await authorizations.poll(authorization.url);
    } finally {
      await cleanup();
    }
  }

  requestFor(authorization: Authorization): ProofRequest {
    const { identifier, wildcard, expires } = authorization;
    const challenge = authorization.challenges.find(({ type }) => type === this.#proof.type);
    if (!challenge) throw new Error(`there is no ${this.#proof.type}`);
    if (!this.#proof.suits({ identifier, wildcard })) throw new Error('the proof does not suit');
    const { token } = challenge;
    const keyAuthorization =
      token === undefined ? undefined : this.client.challenges.keyAuthorization(token);
    const accountUrl = this.client.accountUrl ?? '';
    const newAccountUrl = this.client.directory.newAccount;
    return {
      ...{ identifier, wildcard, challenge, keyAuthorization, expires },
      ...{ accountUrl, newAccountUrl },
    };
  }
}
