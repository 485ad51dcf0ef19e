import { z } from 'zod';
import { WalletError } from './wallet-error.ts';
import type { Row } from './table.ts';

/** Reads a column that holds JSON, and believes nothing that its schema does not. */
export function jsonColumn<Schema extends z.ZodType>(
  row: Row,
  column: string,
  schema: Schema,
): z.output<Schema> {
  const text = textColumn(row, column);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new WalletError('unreadable', `column ${column} of the wallet is not JSON`, {
      cause: error,
    });
  }
  return parsed(value, column, schema);
}

export function parsed<Schema extends z.ZodType>(
  value: unknown,
  column: string,
  schema: Schema,
): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new WalletError('unreadable', `column ${column} of the wallet holds something else`, {
    cause: result.error,
  });
}

export function textColumn(row: Row, column: string): string {
  return parsed(row[column], column, z.string());
}

export function bytesColumn(row: Row, column: string): Uint8Array {
  return parsed(row[column], column, z.instanceof(Uint8Array));
}
