import { Http1ResponseReader, type Http1Response } from '../http/http1-response.ts';
import { ResponseFault } from '../http/response-fault.ts';

/** Octets of body that are taken. */
export const maximumSize = 1_000;

type Failure = 'response-malformed' | 'response-too-large' | 'unfinished';
export type Outcome =
  { readonly status: number; readonly body: string; readonly isLast: boolean } | Failure;

export interface Reading {
  readonly method?: string;
  /** Whether the server ends the connection behind the octets. */
  readonly ends?: boolean;
}

/** What becomes of octets that come in these pieces. */
export function readPieces(
  pieces: readonly Buffer[],
  { method = 'GET', ends = false }: Reading = {},
): Http1Response | Failure {
  const reader = new Http1ResponseReader({ method, maximumSize });
  try {
    for (const piece of pieces) {
      const response = reader.read(piece);
      if (response) return response;
    }
    return (ends ? reader.end() : undefined) ?? 'unfinished';
  } catch (error) {
    if (error instanceof ResponseFault) return error.reason;
    throw error;
  }
}

/** What there is to compare of it. */
export const outcomeOf = (read: Http1Response | Failure): Outcome =>
  typeof read === 'string'
    ? read
    : { status: read.status, body: Buffer.from(read.body).toString('latin1'), isLast: read.isLast };
