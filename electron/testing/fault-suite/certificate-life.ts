import { AcmeClient } from '../../acme/client.ts';
import type { Identifier } from '../../acme/identifier.ts';
import { AcmeProblem } from '../../acme/problem.ts';
import { obtainCertificate } from '../../acme/obtain-certificate.ts';
import { derOf } from '../../certificates/pem.ts';
import type { HttpClient } from '../../http/http-client.ts';
import type { Signer } from '../../keys/signer.ts';
import { BriskClock } from './brisk-clock.ts';
import type { FaultStand } from './fault-stand.ts';

export interface Run {
  readonly http: HttpClient;
  /** Seconds by which the clock of this run is wrong. */
  readonly ahead?: number;
  /** Milliseconds. */
  readonly patience?: number;
}

/** Somebody who wants one certificate, and starts again where an error has stopped it. Keeps all keys. */
export class CertificateLife {
  readonly #stand: FaultStand;
  readonly #identifiers: readonly Identifier[];
  #accountKey: string | undefined;
  #nextAccountKey: string | undefined;
  #certificateKey: string | undefined;
  #orderUrl: string | undefined;
  #isKeyChanged = false;
  #isRevoked = false;

  constructor(stand: FaultStand, names: readonly string[]) {
    this.#stand = stand;
    this.#identifiers = names.map((value) => ({ type: 'dns', value }));
  }

  /** From the directory to the revocation, or to the first error. What an earlier run has done is not done again. */
  async run({ http, ahead = 0, patience }: Run): Promise<void> {
    const { ca, keys, proof } = this.#stand;
    const clock = new BriskClock(ahead * 1000);
    this.#accountKey ??= await keys.generate('P-256');
    const client = await AcmeClient.connect({
      http,
      directoryUrl: ca.directoryUrl,
      signer: await keys.signer(this.#accountKey),
      clock,
      random: () => 0.5,
    });
    await client.account.newAccount({ termsOfServiceAgreed: true });
    const { chain, certificateIdentifier = '' } = await obtainCertificate(client, {
      identifiers: this.#identifiers,
      profile: 'web-service',
      key: { signer: () => this.#signer(), purpose: 'service' },
      proofs: [proof],
      roots: [ca.rootPem],
      clock,
      placed: ({ url }) => void (this.#orderUrl = url),
      report: (_doing, error) => {
        throw error;
      },
      ...(this.#orderUrl !== undefined && { orderUrl: this.#orderUrl }),
      ...(patience !== undefined && { patience }),
    });
    await client.renewalInfo.fetch(certificateIdentifier);
    await this.#changeKey(client);
    // By the new key: the account is not lost.
    await client.account.fetch();
    await this.#revoke(client, derOf(chain[0] ?? ''));
  }

  /** The order has come to nothing: the next run places another one. */
  orderAnew(): void {
    this.#orderUrl = undefined;
  }

  /** DER of the key that is to be certified, as its keeper has it. */
  async publicKey(): Promise<Buffer | undefined> {
    const { keys } = this.#stand;
    if (this.#certificateKey === undefined) return undefined;
    return Buffer.from((await keys.signer(this.#certificateKey)).publicSpki);
  }

  async #signer(): Promise<Signer> {
    const { keys } = this.#stand;
    this.#certificateKey ??= await keys.generate('P-256');
    return keys.signer(this.#certificateKey);
  }

  async #changeKey(client: AcmeClient): Promise<void> {
    if (this.#isKeyChanged) return;
    const { keys } = this.#stand;
    this.#nextAccountKey ??= await keys.generate('P-256');
    await client.account.keyChange(await keys.signer(this.#nextAccountKey));
    this.#accountKey = this.#nextAccountKey;
    this.#isKeyChanged = true;
  }

  async #revoke(client: AcmeClient, certificate: Uint8Array): Promise<void> {
    if (this.#isRevoked) return;
    try {
      await client.certificates.revoke({ certificate, reason: 'superseded' });
    } catch (error) {
      // As the wallet does: an earlier request, whose answer was lost, has done it.
      if (!(error instanceof AcmeProblem) || error.type !== 'alreadyRevoked') throw error;
    }
    this.#isRevoked = true;
  }
}
