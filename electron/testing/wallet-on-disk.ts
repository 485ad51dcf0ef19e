import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openWallet, type Wallet } from '../wallet/wallet.ts';

/** An open wallet in a directory of its own, whose file can be changed behind its back. */
export class WalletOnDisk {
  now = new Date('2026-11-22T10:00:00Z');
  /** What the wallet was doing when something was in its way. */
  readonly reported: string[] = [];
  wallet: Wallet;
  readonly #directory = mkdtempSync(join(tmpdir(), 'countersign-wallet-'));

  constructor() {
    this.wallet = this.#open();
  }

  /** Opens the wallet again afterwards, whatever comes of the change. */
  tamper(sql: string): void {
    this.wallet.close();
    const database = new DatabaseSync(join(this.#directory, 'wallet.db'));
    try {
      database.exec(sql);
    } finally {
      database.close();
      this.wallet = this.#open();
    }
  }

  remove(): void {
    this.wallet.close();
    rmSync(this.#directory, { recursive: true, force: true });
  }

  #open(): Wallet {
    return openWallet({
      directory: this.#directory,
      clock: () => this.now,
      report: (doing) => void this.reported.push(doing),
    });
  }
}
