import { createPrivateKey, type JsonWebKey } from 'node:crypto';
import { KeyObjectSigner } from '../keys/key-object-signer.ts';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What docs/vectors/README.md says of a vector. */
export interface Vector<Input, Output = unknown> {
  readonly id: string;
  readonly input: Input;
  readonly output?: Output;
  readonly refusal?: {
    readonly by: 'server' | 'client';
    /** Any one of them is right. */
    readonly as: readonly string[];
    readonly because: string;
  };
}

type Row<Input, Output> = readonly [string, Vector<Input, Output>];

export interface Vectors<Given, Input, Output> {
  readonly given: Given;
  /** By their ids, as the rows of a table. */
  readonly good: readonly Row<Input, Output>[];
  readonly refused: readonly Row<Input, Output>[];
}

const folder = join(import.meta.dirname, '..', '..', 'docs', 'vectors');

/** The published test vectors, which the wallet had no part in making. */
export function readVectors<Given, Input, Output = unknown>(
  name: string,
): Vectors<Given, Input, Output> {
  const text = readFileSync(join(folder, `${name}.json`), 'utf8');
  const { given, vectors } = JSON.parse(text) as {
    readonly given: Given;
    readonly vectors: readonly Vector<Input, Output>[];
  };
  const rows = vectors.map((vector) => [vector.id, vector] as const);
  return {
    given,
    good: rows.filter(([, { refusal }]) => refusal === undefined),
    refused: rows.filter(([, { refusal }]) => refusal !== undefined),
  };
}

/** What a positive vector has; there is no other. */
export function outputOf<Output>({ id, output }: Vector<unknown, Output>): Output {
  if (output === undefined) throw new Error(`the vector ${id} has no output`);
  return output;
}

interface KeyOutput {
  readonly privateJwk: JsonWebKey;
}

/** A key of the vectors, as the wallet signs with one that lies in its own store. */
export function vectorSigner(name: string): KeyObjectSigner {
  const { good } = readVectors<unknown, unknown, KeyOutput>('keys');
  const [, vector] = good.find(([id]) => id === name) ?? [];
  if (vector === undefined) throw new Error(`the vectors have no key ${name}`);
  const key = outputOf(vector).privateJwk;
  return new KeyObjectSigner(createPrivateKey({ key, format: 'jwk' }));
}
