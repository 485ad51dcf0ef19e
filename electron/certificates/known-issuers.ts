import type { X509Certificate } from 'node:crypto';
import { parseCertificate } from './pem.ts';

const most = 16;
const longest = 16 * 1024;

/**
 * The last certificates of authorities, read once: a CA issues thousands with the same one, and OpenSSL takes longer to
 * read it than to check a signature with it. What is known here is not trusted for it: every check is made each time.
 */
export class KnownIssuers {
  readonly #byPem = new Map<string, X509Certificate>();

  /** PEM. Throws `CertificateError`. */
  read(pem: string): X509Certificate {
    const known = this.#byPem.get(pem);
    if (known) return known;
    const certificate = parseCertificate(pem);
    if (pem.length > longest) return certificate;
    const [oldest] = this.#byPem.keys();
    if (this.#byPem.size === most && oldest !== undefined) this.#byPem.delete(oldest);
    this.#byPem.set(pem, certificate);
    return certificate;
  }
}
