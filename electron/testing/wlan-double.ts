import type { WlanFunctions } from '../install/windows-wlan.ts';

export interface KeptProfile {
  readonly xml: string;
  readonly flags: number;
  readonly userData: string | undefined;
}

/** wlanapi.dll as its pages describe it; it counts what was not given back. */
export class WlanDouble {
  /** By adapter, and there by name. */
  readonly adapters = new Map<string, Map<string, KeptProfile>>([['a'.repeat(32), new Map()]]);
  /** What a function returns in place of its own answer. */
  readonly failing = new Map<keyof WlanFunctions, number>();
  readonly #memory = new Map<bigint, Buffer>();
  readonly #clients = new Set<bigint>();
  #next = 0x5000n;

  get leaked(): number {
    return this.#memory.size + this.#clients.size;
  }

  get profiles(): ReadonlyMap<string, KeptProfile> {
    return [...this.adapters.values()][0] ?? new Map<string, KeptProfile>();
  }

  get functions(): WlanFunctions {
    const functions = this.#functions();
    for (const [name, status] of this.failing) Object.assign(functions, { [name]: () => status });
    return functions;
  }

  #functions(): WlanFunctions {
    return {
      WlanOpenHandle: (version, _reserved, negotiated, client) => {
        negotiated[0] = version;
        client[0] = this.#next += 8n;
        this.#clients.add(client[0]);
        return 0;
      },
      WlanCloseHandle: (client) => (this.#clients.delete(client) ? 0 : 6),
      WlanEnumInterfaces: (_client, _reserved, list) => {
        list[0] = this.#allocate([...this.adapters.keys()].map(interfaceInfo));
        return 0;
      },
      WlanGetProfileList: (_client, guid, _reserved, list) => {
        list[0] = this.#allocate([...this.#of(guid).keys()].map(profileInfo));
        return 0;
      },
      WlanSetProfile: (_client, guid, flags, xml) => {
        const name = /<name>([^<]*)<\/name>/.exec(xml)?.[1] ?? '';
        this.#of(guid).set(decoded(name), { xml, flags, userData: undefined });
        return 0;
      },
      WlanSetProfileEapXmlUserData: (_client, guid, name, _flags, userData) => {
        const profile = this.#of(guid).get(name);
        if (!profile) return 1168;
        this.#of(guid).set(name, { ...profile, userData });
        return 0;
      },
      WlanDeleteProfile: (_client, guid, name) => (this.#of(guid).delete(name) ? 0 : 1168),
      WlanFreeMemory: (pointer) => {
        if (!this.#memory.delete(pointer)) throw new Error('given back twice');
      },
      read: (pointer, length) => {
        const memory = this.#memory.get(pointer);
        if (!memory || memory.length < length) throw new Error('not to be read');
        return Buffer.from(memory.subarray(0, length));
      },
    };
  }

  #of(guid: Buffer): Map<string, KeptProfile> {
    const profiles = this.adapters.get(guid.toString('hex'));
    if (profiles) return profiles;
    throw new Error('no such adapter');
  }

  #allocate(items: readonly Buffer[]): bigint {
    const header = Buffer.alloc(8);
    header.writeUInt32LE(items.length);
    this.#next += 8n;
    this.#memory.set(this.#next, Buffer.concat([header, ...items]));
    return this.#next;
  }
}

const wide = (text: string): Buffer => {
  const octets = Buffer.alloc(512);
  octets.write(text, 'utf16le');
  return octets;
};

const interfaceInfo = (guid: string): Buffer =>
  Buffer.concat([Buffer.from(guid, 'hex'), wide('Wi-Fi'), Buffer.alloc(4)]);

const profileInfo = (name: string): Buffer => Buffer.concat([wide(name), Buffer.alloc(4)]);

const decoded = (text: string): string =>
  text.replaceAll(/&#(\d+);/g, (_all, code: string) => String.fromCodePoint(Number(code)));
