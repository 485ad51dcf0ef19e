import { z } from 'zod';
import {
  installTargets,
  type InstallTargetId,
  type InterruptedInstall,
} from '../../shared/models/credential.ts';
import { localizedText } from '../../shared/models/text.ts';
import { jsonColumn, parsed, textColumn } from './json-column.ts';
import { ReadableRows, type Report } from './readable-rows.ts';
import { time } from './schemas.ts';
import type { Row, Table } from './table.ts';

const deeds = ['install', 'remove', 'rebind'] as const;

/** What is done with a credential at a target. */
export interface InstallDeed {
  readonly credentialId: string;
  readonly target: InstallTargetId;
  readonly deed: (typeof deeds)[number];
  /** Of `rebind`: the credential whose place it takes. */
  readonly from?: string;
}

/** Deeds that were begun and are not done, and what became of those that were interrupted. */
export class InstallJournal {
  readonly #table: Table;
  readonly #clock: () => Date;
  readonly #readable: ReadableRows;
  readonly #readableOutcomes: ReadableRows;

  constructor(table: Table, { clock, report }: { clock: () => Date; report: Report }) {
    this.#table = table;
    this.#clock = clock;
    this.#readable = new ReadableRows('reading what was being installed', report);
    this.#readableOutcomes = new ReadableRows('reading what became of an installation', report);
  }

  /** Oldest first. */
  list(): readonly InstallDeed[] {
    const rows = this.#table.rows(
      `SELECT credential_id || target || deed || from_id AS id, credential_id, target, deed, from_id
       FROM install_deeds ORDER BY rowid`,
    );
    return this.#readable.read(rows, readDeed);
  }

  /** On the disk when this returns: before the target begins. */
  begin(deed: InstallDeed): void {
    this.#table.run(
      `INSERT OR IGNORE INTO install_deeds (credential_id, target, deed, from_id, at)
       VALUES (:credentialId, :target, :deed, :from, :at)`,
      { ...keyOf(deed), at: this.#clock().toISOString() },
    );
  }

  end(deed: InstallDeed): void {
    this.#table.run(
      `DELETE FROM install_deeds WHERE credential_id = :credentialId AND target = :target
       AND deed = :deed AND from_id = :from`,
      keyOf(deed),
    );
  }

  /** Of a credential that is no more. */
  forget(credentialId: string): void {
    this.#table.run(
      'DELETE FROM install_deeds WHERE credential_id = :credentialId OR from_id = :credentialId',
      { credentialId },
    );
  }

  /** What became of interrupted deeds and nobody has read yet, oldest first. */
  outcomes(): readonly InterruptedInstall[] {
    const rows = this.#table.rows(
      `SELECT credential_id || target AS id, credential_id, target, name, outcome, at
       FROM interrupted_installs ORDER BY at, rowid`,
    );
    return this.#readableOutcomes.read(rows, readOutcome);
  }

  /** The latest of one credential at one target is told. */
  tell({ credentialId, target, name, outcome }: Omit<InterruptedInstall, 'at'>): void {
    this.#table.run(
      `INSERT OR REPLACE INTO interrupted_installs (credential_id, target, name, outcome, at)
       VALUES (:credentialId, :target, :name, :outcome, :at)`,
      {
        ...{ credentialId, target, outcome, name: JSON.stringify(name) },
        at: this.#clock().toISOString(),
      },
    );
  }

  dismissOutcomes(): void {
    this.#table.run('DELETE FROM interrupted_installs');
  }
}

const keyOf = ({ credentialId, target, deed, from = '' }: InstallDeed) => ({
  ...{ credentialId, target, deed, from },
});

function readDeed(row: Row): InstallDeed {
  const from = textColumn(row, 'from_id');
  return {
    credentialId: textColumn(row, 'credential_id'),
    target: parsed(row['target'], 'target', z.enum(installTargets)),
    deed: parsed(row['deed'], 'deed', z.enum(deeds)),
    ...(from !== '' && { from }),
  };
}

function readOutcome(row: Row): InterruptedInstall {
  return {
    credentialId: textColumn(row, 'credential_id'),
    name: jsonColumn(row, 'name', localizedText(80)),
    target: parsed(row['target'], 'target', z.enum(installTargets)),
    outcome: parsed(row['outcome'], 'outcome', z.enum(['finished', 'rolled-back'])),
    at: parsed(row['at'], 'at', time),
  };
}
