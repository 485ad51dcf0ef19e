import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { AesGcmSealer } from '../keystore/sealer.ts';
import { localCaVoucher } from '../organizations/local-ca.ts';
import { Previews, type Preview } from '../organizations/previews.ts';
import { earlierComparison, type Voucher } from '../organizations/trust.ts';
import { JoinedOrganizations } from '../wallet/joined-organizations.ts';
import { openWallet, type Wallet } from '../wallet/wallet.ts';
import { MemorySecretStore } from './memory-secret-store.ts';

export const mac = 'c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlYw';
export const invitationLink = `countersign://join?from=${encodeURIComponent(
  'https://ca.example.test/enrollment-profile',
)}#kid=eab-1&mac=${mac}`;

export interface DoorstepOptions {
  /** What the network answers when a profile is fetched. */
  readonly profile?: string | Promise<string> | ((signal: AbortSignal) => Promise<string>);
  readonly vouchers?: readonly Voucher[];
  readonly localCaPath?: string;
  /** Origins that may be asked without asking the person. */
  readonly familiar?: readonly string[];
}

/** Previews over a real wallet in a directory of its own. */
export class TestDoorstep {
  readonly directory = mkdtempSync(path.join(tmpdir(), 'countersign-doorstep-'));
  readonly wallet: Wallet;
  readonly store: JoinedOrganizations;
  readonly #clock: () => Date;

  constructor(clock: () => Date) {
    this.#clock = clock;
    this.wallet = openWallet({
      directory: path.join(this.directory, 'wallet'),
      clock,
      report: unexpected,
    });
    const record = this.wallet.masterKey;
    const sealer = new AesGcmSealer({ secrets: new MemorySecretStore(), record });
    this.store = new JoinedOrganizations(this.wallet, sealer);
  }

  previews({ profile = '', vouchers, localCaPath, familiar }: DoorstepOptions = {}): Previews {
    const clock = this.#clock;
    const local = localCaPath === undefined ? [] : [localCaVoucher(localCaPath, clock)];
    return new Previews({
      store: this.store,
      fetchProfile: async (_url, signal) =>
        typeof profile === 'function' ? profile(signal) : await profile,
      vouchers: vouchers ?? [earlierComparison(this.store), ...local],
      isFamiliar: (origin) => Promise.resolve(familiar?.includes(origin) === true),
      localCaPath: localCaPath ?? null,
      clock,
      randomUuid: () => randomUUID(),
    });
  }

  close(): void {
    this.wallet.close();
    rmSync(this.directory, { recursive: true });
  }
}

export function ready(previews: Previews): Preview {
  if (previews.state?.status !== 'ready') {
    throw new Error(`not ready: ${String(errorOf(previews))}`);
  }
  return previews.state.preview;
}

export function errorOf({ state }: Previews): unknown {
  return state?.status === 'failed' ? state.error : undefined;
}

function unexpected(doing: string, error: unknown): never {
  throw new Error(doing, { cause: error });
}
