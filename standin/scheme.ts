// Chromium cannot load an unknown scheme, so `app://wallet/x` lives at `https://wallet.app.electron.test/x` in the
// page (RFC 2606 keeps `.test` free). Whatever the app's own code sees is mapped back.
import type { CustomScheme } from 'electron';
import { UnsupportedError } from './guard.ts';

const SUFFIX = '.electron.test';

export class CustomSchemes {
  readonly #names = new Set<string>();
  #registered = false;

  /** `protocol.registerSchemesAsPrivileged`: once, before ready. */
  register(schemes: readonly CustomScheme[]): void {
    if (this.#registered) throw new Error('registerSchemesAsPrivileged should be called only once');
    this.#registered = true;
    for (const { scheme, privileges = {} } of schemes) {
      if (!privileges.standard || !privileges.secure) {
        throw new UnsupportedError(`a scheme that is not standard and secure (${scheme})`);
      }
      if (privileges.bypassCSP || privileges.allowServiceWorkers) {
        throw new UnsupportedError(`bypassCSP or allowServiceWorkers (${scheme})`);
      }
      this.#names.add(scheme);
    }
  }

  has(scheme: string): boolean {
    return this.#names.has(scheme);
  }

  /** The URL as Chromium must be given it. */
  toPage(url: string): string {
    const parts = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)(.*)$/is.exec(url);
    const [, scheme = '', host = '', rest = ''] = parts ?? [];
    if (!this.#names.has(scheme.toLowerCase())) return url;
    return `https://${host}.${scheme.toLowerCase()}${SUFFIX}${rest}`;
  }

  /** The URL as the app knows it. */
  toApp(url: string): string {
    const [, host = '', scheme = '', rest = ''] =
      /^https:\/\/([^/?#:]*)\.([^./?#:]+)\.electron\.test(?::443)?((?:[/?#].*)?)$/s.exec(url) ?? [];
    return this.#names.has(scheme) ? `${scheme}://${host}${rest}` : url;
  }

  isMapped(url: string): boolean {
    return this.toApp(url) !== url;
  }

  /** A Content-Security-Policy written for `app:` in terms of the page's origin. */
  policyToPage(policy: string): string {
    return policy.replaceAll(
      /([a-z][a-z0-9+.-]*):(\/\/[^\s;,]+)?/gi,
      (source: string, name: string) => {
        if (!this.#names.has(name.toLowerCase())) return source;
        return source.includes('//') ? this.toPage(source) : `https://*.${name}${SUFFIX}`;
      },
    );
  }
}

/** Matches every mapped URL, in the words of CDP's Fetch domain. */
export const MAPPED_PATTERN = `https://*${SUFFIX}/*`;
