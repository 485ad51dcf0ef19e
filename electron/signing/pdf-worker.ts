import { parentPort, workerData } from 'node:worker_threads';
import type { DocumentFault } from '../../shared/models/signing.ts';
import { DocumentError } from './document-error.ts';
import { withPlaceholder } from './pdf-placeholder.ts';

/** What the thread is given. */
export interface PdfWork {
  readonly original: Uint8Array<ArrayBuffer>;
  readonly now: Date;
  readonly marker: Uint8Array<ArrayBuffer>;
}

/** Its only message. */
export type PdfWorkDone =
  { readonly octets: Uint8Array<ArrayBuffer> } | { readonly fault: DocumentFault };

const { original, now, marker } = workerData as PdfWork;
parentPort?.postMessage(await done());

async function done(): Promise<PdfWorkDone> {
  try {
    const octets = await withPlaceholder(Buffer.from(original.buffer), {
      now,
      marker: Buffer.from(marker.buffer),
    });
    return { octets: new Uint8Array(octets) };
  } catch (error) {
    if (error instanceof DocumentError) return { fault: error.reason };
    throw error;
  }
}
