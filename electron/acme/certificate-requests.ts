import type { AccountSession } from './account-session.ts';
import {
  endsIn,
  parsePemChain,
  type CertificateChain,
  type DownloadOptions,
} from './certificate.ts';
import { revocationPayload, type Revocation } from './revocation.ts';

/** Requests about issued certificates (RFC 8555 §7.4.2, §7.6). */
export class CertificateRequests {
  readonly #session: AccountSession;

  constructor(session: AccountSession) {
    this.#session = session;
  }

  /** RFC 8555 §7.4.2. */
  async download(
    url: string,
    { preferredRoot }: DownloadOptions = {},
    signal?: AbortSignal,
  ): Promise<CertificateChain> {
    const first = await this.#fetchChain(url, signal);
    if (preferredRoot === undefined || endsIn(first.chain, preferredRoot)) return first;
    for (const alternate of first.alternates) {
      const { chain } = await this.#fetchChain(alternate, signal);
      if (chain[0] === first.chain[0] && endsIn(chain, preferredRoot)) {
        return { ...first, url: alternate, chain };
      }
    }
    return first;
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

  async #fetchChain(url: string, signal: AbortSignal | undefined): Promise<CertificateChain> {
    const doing = 'downloading the certificate';
    const accept = 'application/pem-certificate-chain';
    const answer = await this.#session.read({ doing, url, accept, signal });
    const chain = parsePemChain(answer.text(accept), url);
    return { url, chain, alternates: this.#session.ownLinks(answer, 'alternate') };
  }
}
