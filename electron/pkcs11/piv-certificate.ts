import { X509Certificate } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fingerprintOf, inWords, isSelfSigned } from '../certificates/self-signed.ts';
import type { TokenFault } from '../../shared/failure.ts';
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

  /**
   * Resolves to whether this is such a card. Throws `TokenError` when it is and does not take the certificate, and
   * `certificate-in-the-way` rather than take away another one than the person agreed to.
   */
  async write(key: TokenKeyReference, lock: TokenLock, wish: CertificateWish): Promise<boolean> {
    const slot = slots[key.id];
    if (slot === undefined || !isPivByOpenSc(key, lock)) return false;
    const certificate = new X509Certificate(wish.certificate);
    const place: Place = { key, lock };
    // Reader and slot lead to whatever card is there: the programs know no other name.
    if (!mayBeWritten(place, await this.#read(place), certificate, wish.replaces)) return true;
    try {
      await this.#tools.withPrivateDirectory((directory) =>
        this.#put({ directory, slot, reader: lock.reader, certificate }),
      );
    } catch (cause) {
      throw refusal(place, 'not-supported', 'piv-tool', { cause });
    }
    // piv-tool of OpenSC 0.23 says that it failed also when it wrote: the card is asked.
    if (isThere(certificate, await this.#read(place))) return true;
    throw refusal(place, 'refused', 'PIV management key');
  }

  async #put(wish: {
    readonly directory: string;
    readonly slot: string;
    readonly reader: string;
    readonly certificate: X509Certificate;
  }): Promise<void> {
    const { directory, slot, reader, certificate } = wish;
    const file = join(directory, 'certificate.pem');
    await writeFile(file, certificate.toString());
    const keyFile = join(directory, 'factory-key');
    await writeFile(keyFile, factoryKey);
    // SP 800-78-4 table 6-2: 03 is Triple DES. The card proves that it knows the key too.
    const parameters = ['--reader', reader, '--admin', 'M:9B:03', '--cert', slot, '--in', file];
    const environment = { PIV_EXT_AUTH_KEY: keyFile };
    await this.#tools.run({ program: 'piv-tool', parameters, environment });
  }

  /** Serial number and certificate in one go, so that both are of one card. */
  async #read(place: Place): Promise<Slot> {
    const { key, lock } = place;
    const parameters = ['--reader', lock.reader, '--no-cache', '--list-info'];
    const wanted = ['--read-certificate', key.id];
    try {
      const program = 'pkcs15-tool';
      const { stdout } = await this.#tools.run({ program, parameters: [...parameters, ...wanted] });
      return slotIn(stdout.toString('latin1'));
    } catch (cause) {
      throw refusal(place, 'not-supported', 'pkcs15-tool', { cause });
    }
  }
}

export interface CertificateWish {
  /** DER. */
  readonly certificate: Uint8Array;
  /** SHA-256, hex, of the certificate that may be taken away for it. */
  readonly replaces?: string;
}

interface Place {
  readonly key: TokenKeyReference;
  readonly lock: TokenLock;
}

/** What the card in a reader says of itself, and what its slot holds; `null`: not said, nothing. */
interface Slot {
  readonly serial: string | null;
  readonly certificate: X509Certificate | null;
}

function slotIn(text: string): Slot {
  const serial = /^\s*Serial number\s*:[ \t]*(\S*)[ \t]*$/im.exec(text)?.[1] ?? null;
  const pem = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/.exec(text)?.[0];
  return { serial, certificate: pem === undefined ? null : new X509Certificate(pem) };
}

/** False: it is there already, and nothing has to be written. */
function mayBeWritten(
  place: Place,
  slot: Slot,
  ...[wanted, replaces]: readonly [X509Certificate, string | undefined]
): boolean {
  const { key } = place;
  if (!isSerialOf(key, slot)) throw refusal(place, 'removed', 'another card');
  const { certificate: there } = slot;
  if (there === null) return true;
  if (isThere(wanted, slot)) return false;
  // Modules know the key of a slot by the certificate in it.
  if (!spkiOf(there).equals(spkiOf(wanted))) throw refusal(place, 'key-mismatch', slots[key.id]);
  const fingerprint = fingerprintOf(there);
  if (isSelfSigned(there) || fingerprint === replaces) return true;
  const [subject = '', issuer = ''] = [there.subject, there.issuer].map((name) =>
    name.replaceAll('\n', ', '),
  );
  throw refusal(place, 'certificate-in-the-way', inWords({ subject, issuer, fingerprint }));
}

const isThere = (wanted: X509Certificate, { certificate }: Slot): boolean =>
  certificate?.raw.equals(wanted.raw) === true;

const spkiOf = ({ publicKey }: X509Certificate): Buffer =>
  publicKey.export({ format: 'der', type: 'spki' });

/** OpenSC's module shows the last sixteen characters, which is all that PKCS #11 has room for. */
const isSerialOf = ({ token }: TokenKeyReference, { serial }: Slot): boolean =>
  serial?.slice(-16) === token.serial;

/** As OpenSC's PIV emulation calls cards, whatever their label. */
function isPivByOpenSc({ token }: TokenKeyReference, { moduleName }: TokenLock): boolean {
  const isOpenSc = /opensc/i.test(moduleName) || /opensc/i.test(token.modulePath);
  return isOpenSc && /^piv/i.test(token.manufacturer) && /PKCS#15/i.test(token.model);
}

function refusal(
  { key, lock }: Place,
  reason: TokenFault,
  ...[detail, options]: [string | undefined, ErrorOptions?]
): TokenError {
  const where = { module: lock.moduleName, token: key.token.label };
  const facts = { reason, ...where, ...(detail !== undefined && { detail }) };
  return new TokenError(facts, 'writing a certificate to a PIV card', options);
}
