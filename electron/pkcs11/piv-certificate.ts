import { X509Certificate } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TokenKeyReference, TokenLock } from './token-access.ts';
import { TokenError } from './token-error.ts';

/** How other programs are run; handed in by whoever may do so. */
export interface PivTools {
  /** Resolves for every exit code; throws when the program is not there. */
  readonly run: (request: {
    readonly program: string;
    readonly parameters: readonly string[];
    readonly environment?: Readonly<Record<string, string>>;
  }) => Promise<{ readonly exitCode: number; readonly stdout: Buffer }>;
  readonly withPrivateDirectory: <T>(use: (directory: string) => Promise<T>) => Promise<T>;
}

/** NIST SP 800-73-4 §3.1.3 as OpenSC counts: CKA_ID of a key, and the reference of its slot. */
const slots: Readonly<Record<string, string>> = { '01': '9A', '02': '9C', '03': '9D', '04': '9E' };

/**
 * The management key that cards leave the factory with. It is no secret: a card that still has it lets everybody write
 * who has it in hand. (One that is secret could not be passed like this: piv-tool seeks in the file, so that a pipe,
 * which no disk would have, does not do.)
 */
const factoryKey = Array(3).fill('01:02:03:04:05:06:07:08').join(':');

/**
 * Writes certificates to PIV cards through OpenSC, whose module cannot: certificates are written there by whoever has
 * the card's management key (9B), not by who knows the PIN.
 */
export class PivCertificates {
  readonly #tools: PivTools;

  constructor(tools: PivTools) {
    this.#tools = tools;
  }

  /** Resolves to whether this is such a card; throws `TokenError` when it is and does not take the certificate. */
  async write(key: TokenKeyReference, lock: TokenLock, certificate: Uint8Array): Promise<boolean> {
    const slot = slots[key.id];
    if (slot === undefined || !isPivByOpenSc(key, lock)) return false;
    if (await this.#holds(key, lock, certificate)) return true;
    try {
      await this.#tools.withPrivateDirectory((directory) =>
        this.#put({ directory, slot, reader: lock.reader, certificate }),
      );
    } catch (cause) {
      throw refusal(key, lock, 'not-supported', 'piv-tool', { cause });
    }
    // piv-tool of OpenSC 0.23 says that it failed also when it wrote: the card is asked.
    if (await this.#holds(key, lock, certificate)) return true;
    throw refusal(key, lock, 'refused', 'PIV management key');
  }

  async #put(wish: {
    readonly directory: string;
    readonly slot: string;
    readonly reader: string;
    readonly certificate: Uint8Array;
  }): Promise<void> {
    const { directory, slot, reader, certificate } = wish;
    const file = join(directory, 'certificate.pem');
    await writeFile(file, new X509Certificate(certificate).toString());
    const keyFile = join(directory, 'factory-key');
    await writeFile(keyFile, factoryKey);
    // SP 800-78-4 table 6-2: 03 is Triple DES. The card proves that it knows the key too.
    const parameters = ['--reader', reader, '--admin', 'M:9B:03', '--cert', slot, '--in', file];
    const environment = { PIV_EXT_AUTH_KEY: keyFile };
    await this.#tools.run({ program: 'piv-tool', parameters, environment });
  }

  async #holds(key: TokenKeyReference, lock: TokenLock, certificate: Uint8Array) {
    const { stdout } = await this.#pkcs15(key, lock);
    const [pem] = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/.exec(
      stdout.toString('latin1'),
    ) ?? [''];
    return pem !== '' && new X509Certificate(pem).raw.equals(certificate);
  }

  async #pkcs15(key: TokenKeyReference, lock: TokenLock) {
    const parameters = ['--reader', lock.reader, '--no-cache', '--read-certificate', key.id];
    try {
      return await this.#tools.run({ program: 'pkcs15-tool', parameters });
    } catch (cause) {
      throw refusal(key, lock, 'not-supported', 'pkcs15-tool', { cause });
    }
  }
}

/** As OpenSC's PIV emulation calls cards, whatever their label. */
function isPivByOpenSc({ token }: TokenKeyReference, { moduleName }: TokenLock): boolean {
  const isOpenSc = /opensc/i.test(moduleName) || /opensc/i.test(token.modulePath);
  return isOpenSc && /^piv/i.test(token.manufacturer) && /PKCS#15/i.test(token.model);
}

function refusal(
  { token }: TokenKeyReference,
  { moduleName: module }: TokenLock,
  reason: 'refused' | 'not-supported',
  ...[detail, options]: [string, ErrorOptions?]
): TokenError {
  const facts = { reason, module, token: token.label, detail };
  return new TokenError(facts, 'writing a certificate to a PIV card', options);
}
