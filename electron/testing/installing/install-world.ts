import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CredentialRecord } from '../../wallet/credential-store.ts';
import type { InstallTarget } from '../../install/install-target.ts';
import { TestAuthority } from '../test-authority.ts';
import { sampleCredential, sampleOrganization, sampleProfile } from '../wallet-samples.ts';
import { openInstallRooms, placesIn, type InstallRooms } from './install-rooms.ts';
import type { PlacesOfTest } from './targets-under-test.ts';

/** A person's home and wallet, which outlive the processes that install there, and somebody who issues. */
export class InstallWorld implements Disposable {
  readonly directory = mkdtempSync(join(tmpdir(), 'countersign-installing-'));
  readonly root: TestAuthority;
  readonly issuer: TestAuthority;
  readonly #opened: InstallRooms[] = [];
  readonly #kept = `${this.directory}-kept`;

  private constructor(root: TestAuthority, issuer: TestAuthority) {
    this.root = root;
    this.issuer = issuer;
  }

  static async create(): Promise<InstallWorld> {
    const root = await TestAuthority.root({ name: 'Installing Root' });
    return new InstallWorld(root, await root.intermediate({ name: 'Installing Issuer' }));
  }

  get places(): PlacesOfTest {
    return placesIn(this.directory);
  }

  get home(): string {
    return this.places.home;
  }

  /** Keeps all that is there now. */
  keep(): void {
    this.#close();
    execFileSync('cp', ['-a', this.directory, this.#kept]);
  }

  /** Puts back what was kept, where it was. */
  restore(): void {
    this.#close();
    rmSync(this.directory, { recursive: true });
    execFileSync('cp', ['-a', this.#kept, this.directory]);
  }

  #close(): void {
    for (const { wallet } of this.#opened.splice(0)) wallet.close();
  }

  /** The wallet of one process; those before it have to be closed. */
  open(...targets: readonly InstallTarget[]): InstallRooms {
    const rooms = openInstallRooms(this.directory, targets);
    this.#opened.push(rooms);
    return rooms;
  }

  /** A credential of the sample organisation, issued now by the world's root, which lies nowhere yet. */
  async issue(
    { wallet, keys }: Pick<InstallRooms, 'wallet' | 'keys'>,
    details: Partial<CredentialRecord> & Pick<CredentialRecord, 'id'>,
  ): Promise<CredentialRecord> {
    if (wallet.organizations.find('org.example') === undefined) {
      wallet.organizations.save(sampleOrganization(sampleProfile));
    }
    const { id } = details;
    const keyId = await keys.generate('P-256', `key of ${id}`);
    const { publicSpki: spki } = await keys.signer(keyId);
    const certificate = await this.issuer.issue({
      ...{ spki, subject: 'CN=Alex', extendedKeyUsages: ['1.3.6.1.5.5.7.3.2'] },
      names: [{ type: 'email', value: 'alex@example.test' }],
    });
    const record: CredentialRecord = {
      ...sampleCredential,
      identifiers: [{ type: 'email', value: 'alex@example.test' }],
      key: { id: keyId, type: 'P-256', place: 'software', exportable: true },
      chain: [certificate, this.issuer.certificate, this.root.certificate].join('\n'),
      ...{ issuedAt: new Date().toISOString(), installations: [] },
      ...details,
    };
    wallet.credentials.save(record);
    return record;
  }

  [Symbol.dispose](): void {
    this.#close();
    rmSync(this.directory, { recursive: true, force: true });
    rmSync(this.#kept, { recursive: true, force: true });
  }
}
