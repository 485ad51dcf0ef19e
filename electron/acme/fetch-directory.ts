import type { AcmeClientOptions } from './client.ts';
import { systemClock } from './clock.ts';
import type { Directory } from './directory.ts';
import { readDirectory } from './directory-cache.ts';
import { Exchange } from './exchange.ts';
import { defaultRetryPolicy } from './retry-policy.ts';

/** What a server offers, for whoever has no account there (RFC 8555 §7.1.1). */
export function fetchDirectory(
  options: Omit<AcmeClientOptions, 'signer' | 'accountUrl'>,
  signal?: AbortSignal,
): Promise<Directory> {
  const { directoryUrl, directories, clock = systemClock } = options;
  const exchange = new Exchange({
    ...{ http: options.http, clock, random: options.random ?? Math.random },
    ...{ userAgent: options.userAgent ?? 'Countersign', languages: options.languages ?? [] },
    retry: options.retry ?? defaultRetryPolicy,
  });
  return readDirectory(exchange, { directoryUrl, directories, clock }, signal);
}
