import { lookup, Resolver } from 'node:dns/promises';
import type { CaaRecord as ResolvedCaaRecord } from 'node:dns';
import type { CaaRecord } from '../caa-rules.ts';
import { Problem } from '../problems.ts';
import { isOwnAddress } from './own-addresses.ts';

/** How validation finds out about names. Every failure is a Problem of type `dns`. */
export type NameResolution = {
  addressOf(name: string): Promise<string>;
  /** The TXT records, each with its strings joined. */
  textsOf(name: string): Promise<readonly string[]>;
  /** The CAA records at that name itself; none when the DNS says that there are none. */
  caaOf(name: string): Promise<readonly CaaRecord[]>;
};

export type NameResolutionOptions = {
  /** `address:port`; the system's resolver when not said. */
  readonly dnsServer: string | undefined;
  /** Addresses that need no look-up, by name. */
  readonly hosts: Readonly<Record<string, string>>;
  /** Whether names may lead to the computer that the CA runs on; those of `hosts` may in any case. */
  readonly leadsHome: boolean;
};

export function createNameResolution(options: NameResolutionOptions): NameResolution {
  const { dnsServer, hosts, leadsHome } = options;
  const resolver = new Resolver({ timeout: 2000, tries: 2 });
  if (dnsServer !== undefined) resolver.setServers([dnsServer]);
  return {
    async addressOf(name) {
      const known = Object.hasOwn(hosts, name) ? hosts[name] : undefined;
      if (known !== undefined) return known;
      const literal = name.startsWith('[') ? name.slice(1, -1) : name;
      const found = dnsServer === undefined ? lookup(literal) : resolveAddress(resolver, literal);
      const { address } = await found.catch((cause: unknown) => {
        throw new Problem('dns', `No address was found for ${name}.`, { cause });
      });
      if (leadsHome || !isOwnAddress(address)) return address;
      throw new Problem('dns', `The address of ${name} is not one that this CA looks at.`);
    },
    async textsOf(name) {
      try {
        const records = await resolver.resolveTxt(name);
        return records.map((strings) => strings.join(''));
      } catch (cause) {
        throw new Problem('dns', `No TXT record was found at ${name}.`, { cause });
      }
    },
    async caaOf(name) {
      try {
        return (await resolver.resolveCaa(name)).map(toCaaRecord);
      } catch (cause) {
        if (isAbsence(cause)) return [];
        throw new Problem('dns', `The CAA records of ${name} could not be looked up.`, { cause });
      }
    },
  };
}

/** The resolver names the one property of a record by its tag. */
function toCaaRecord({ critical, ...property }: ResolvedCaaRecord): CaaRecord {
  const entries: [string, unknown][] = Object.entries(property);
  const [tag, value] = entries.find(([name]) => name !== 'type') ?? ['', ''];
  return { critical: critical !== 0, tag: tag.toLowerCase(), value: String(value) };
}

/** The name does not exist, or has no such record: both are answers. */
function isAbsence(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'ENODATA' || code === 'ENOTFOUND';
}

async function resolveAddress(resolver: Resolver, name: string): Promise<{ address: string }> {
  const [ipv4] = await resolver.resolve4(name).catch(() => []);
  if (ipv4 !== undefined) return { address: ipv4 };
  const [ipv6] = await resolver.resolve6(name);
  if (ipv6 === undefined) throw new Error('the answer is empty');
  return { address: ipv6 };
}
