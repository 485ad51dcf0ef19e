import { randomBytes } from 'node:crypto';
import type { SQLOutputValue } from 'node:sqlite';

export type Row = Readonly<Record<string, SQLOutputValue>>;

/** What the schema promises was not there: the database is not ours or is damaged. */
export class StateError extends Error {
  readonly code = 'badState';
}

export function text(row: Row, column: string): string {
  const value = row[column];
  if (typeof value !== 'string') throw new StateError(`${column} is no text`);
  return value;
}

export function optionalText(row: Row, column: string): string | undefined {
  return row[column] === null ? undefined : text(row, column);
}

export function number(row: Row, column: string): number {
  const value = row[column];
  if (typeof value !== 'number') throw new StateError(`${column} is no number`);
  return value;
}

export function flag(row: Row, column: string): boolean {
  return number(row, column) !== 0;
}

export function date(row: Row, column: string): Date {
  return new Date(number(row, column));
}

export function optionalDate(row: Row, column: string): Date | undefined {
  return row[column] === null ? undefined : date(row, column);
}

export function bytes(row: Row, column: string): Buffer {
  const value = row[column];
  if (!(value instanceof Uint8Array)) throw new StateError(`${column} is no blob`);
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
}

export function optionalBytes(row: Row, column: string): Buffer | undefined {
  return row[column] === null ? undefined : bytes(row, column);
}

/** JSON that this server wrote itself; its type is the caller's knowledge. */
export function json(row: Row, column: string): unknown {
  return JSON.parse(text(row, column));
}

export function optionalJson(row: Row, column: string): unknown {
  return row[column] === null ? undefined : json(row, column);
}

/** 128 random bits in base64url: not to be guessed, fit for a URL. */
export function newId(): string {
  return randomOctets(16).toString('base64url');
}

/** Random, but never with a hyphen first in base64url: on a command line it would be taken for an option. */
export function randomOctets(length: number): Buffer {
  for (;;) {
    const octets = randomBytes(length);
    if (!octets.toString('base64url').startsWith('-')) return octets;
  }
}
