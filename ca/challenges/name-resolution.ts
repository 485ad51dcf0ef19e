import { lookup, Resolver } from 'node:dns/promises';
import { Problem } from '../problems.ts';

/** How validation finds out about names. Every failure is a Problem of type `dns`. */
export type NameResolution = {
  addressOf(name: string): Promise<string>;
  /** The TXT records, each with its strings joined. */
  textsOf(name: string): Promise<readonly string[]>;
};

export type NameResolutionOptions = {
  /** `address:port`; the system's resolver when not said. */
  readonly dnsServer: string | undefined;
  /** Addresses that need no look-up, by name. */
  readonly hosts: Readonly<Record<string, string>>;
};

export function createNameResolution({ dnsServer, hosts }: NameResolutionOptions): NameResolution {
  const resolver = new Resolver({ timeout: 2000, tries: 2 });
  if (dnsServer !== undefined) resolver.setServers([dnsServer]);
  return {
    async addressOf(name) {
      const known = Object.hasOwn(hosts, name) ? hosts[name] : undefined;
      if (known !== undefined) return known;
      const literal = name.startsWith('[') ? name.slice(1, -1) : name;
      try {
        if (dnsServer === undefined) return (await lookup(literal)).address;
        return await resolveAddress(resolver, literal);
      } catch (cause) {
        throw new Problem('dns', `No address was found for ${name}.`, { cause });
      }
    },
    async textsOf(name) {
      try {
        const records = await resolver.resolveTxt(name);
        return records.map((strings) => strings.join(''));
      } catch (cause) {
        throw new Problem('dns', `No TXT record was found at ${name}.`, { cause });
      }
    },
  };
}

async function resolveAddress(resolver: Resolver, name: string): Promise<string> {
  const [ipv4] = await resolver.resolve4(name).catch(() => []);
  if (ipv4 !== undefined) return ipv4;
  const [ipv6] = await resolver.resolve6(name);
  if (ipv6 === undefined) throw new Error('the answer is empty');
  return ipv6;
}
