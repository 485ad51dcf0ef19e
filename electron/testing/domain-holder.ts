import { verifyChain } from '../certificates/chain.ts';
import { createCertificateRequest } from '../certificates/certificate-request.ts';
import type { Authorization } from '../acme/authorization.ts';
import type { AcmeClient } from '../acme/client.ts';
import type { DomainProof, ProofRequest } from '../acme/domain-proof.ts';
import type { Identifier } from '../acme/identifier.ts';
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
      now = new Date(),
      ...details
    }: {
      readonly roots: readonly string[];
      readonly now?: Date;
      readonly profile?: string;
    },
  ): Promise<readonly string[]> {
    const { orders, authorizations, certificates } = this.client;
    const order = await orders.newOrder({ identifiers, ...details });
    for (const url of order.authorizations) {
      const authorization = await authorizations.fetch(url);
      if (authorization.status === 'pending') await this.prove(authorization);
    }
    const signer = newSigner();
    const csr = await createCertificateRequest({ signer, purpose: 'service', identifiers });
    const ready = await orders.poll(order);
    const issued = await orders.poll(await orders.finalize(ready, csr));
    const { chain } = await certificates.download(issued.certificate ?? '');
    const wanted = { identifiers, purpose: 'service' } as const;
    verifyChain({ chain, leafSpki: signer.publicSpki, roots, now, ...wanted });
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
    return { identifier, wildcard, challenge, keyAuthorization, accountUrl, expires };
  }
}
