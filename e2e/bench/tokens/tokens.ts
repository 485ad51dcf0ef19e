import type { Figure } from '../figures.ts';
import { measureInsertion } from './insertion.ts';
import { measureKeyPairs } from './key-pairs.ts';
import { measureTokenListing } from './listing.ts';
import { measureSignatures } from './signatures.ts';

/** What it costs that keys live on tokens, and that drivers run in processes of their own. */
export async function measureTokens(): Promise<readonly Figure[]> {
  return [
    ...(await measureSignatures()),
    ...(await measureKeyPairs()),
    ...(await measureTokenListing()),
    ...(await measureInsertion()),
  ];
}
