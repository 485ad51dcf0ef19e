import type { AccountSession } from './account-session.ts';
import { parsePemChain, type CertificateChain } from './certificate.ts';
import { chooseChain, type ChainPolicy } from './chain-policy.ts';
import { revocationPayload, type Revocation } from './revocation.ts';

/** Requests about issued certificates (RFC 8555 §7.4.2, §7.6). */
export class CertificateRequests {
  readonly #session: AccountSession;

  constructor(session: AccountSession) {
    this.#session = session;
  }

  /** RFC 8555 §7.4.2. Without a policy the chain that the CA hands out first; alternates are fetched only for one. */
  async download(
    url: string,
    policy: ChainPolicy = { prefer: 'default' },
    signal?: AbortSignal,
  ): Promise<CertificateChain> {
    const first = await this.#fetchChain(url, signal);
    if (policy.prefer === 'default') return { ...first, choice: 'default' };
    const others = await this.#fetchAlternates(first, signal);
    const all = [first, ...others];
    const { index, choice } = chooseChain(
      all.map(({ chain }) => chain),
      policy,
    );
    const { chain, url: from } = all[index] ?? first;
    return { url: from, chain, alternates: first.alternates, choice };
  }

  /** RFC 8555 §7.6, by the account or by the certificate's own key. */
  async revoke(revocation: Revocation, signal?: AbortSignal): Promise<void> {
    const doing = 'revoking the certificate';
    const url = this.#session.resource('revokeCert', doing);
    const payload = revocationPayload(revocation);
    const request = { doing, url, payload, repeatable: true, signal };
    await (revocation.signer
      ? this.#session.writeAs(revocation.signer, request)
      : this.#session.write(request));
  }

  /** The other chains of the same certificate; one that cannot be had is no reason to end without any. */
  async #fetchAlternates(first: FetchedChain, signal: AbortSignal | undefined) {
    const fetched = await Promise.allSettled(
      first.alternates.slice(0, mostAlternates).map((url) => this.#fetchChain(url, signal)),
    );
    signal?.throwIfAborted();
    return fetched.flatMap((each) =>
      each.status === 'fulfilled' && each.value.chain[0] === first.chain[0] ? [each.value] : [],
    );
  }

  async #fetchChain(url: string, signal: AbortSignal | undefined): Promise<FetchedChain> {
    const doing = 'downloading the certificate';
    const accept = 'application/pem-certificate-chain';
    const answer = await this.#session.read({ doing, url, accept, signal });
    const chain = parsePemChain(answer.text(accept), url);
    return { url, chain, alternates: this.#session.ownLinks(answer, 'alternate') };
  }
}

type FetchedChain = Omit<CertificateChain, 'choice'>;

const mostAlternates = 8;
