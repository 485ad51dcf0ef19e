import { readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import type { TokenIdentity } from '../../shared/models/token.ts';
import { exists } from './nss-location.ts';
import { NssError, type NssTools } from './nss-tools.ts';
import { isTelling } from './pkcs11-uri.ts';

/** A module that programs load when they open the database. */
export interface RegisteredModule {
  readonly name: string;
  /** As it was registered; empty for NSS's own. */
  readonly library: string;
}

export interface NssModulesOptions {
  /** With the environment by which modules find their tokens. */
  readonly tools: NssTools;
  readonly directory: string;
}

/** The PKCS #11 modules of one NSS database. Every method throws `NssError` or `ToolError`. */
export class NssModules {
  readonly #tools: NssTools;
  readonly #directory: string;

  constructor({ tools, directory }: NssModulesOptions) {
    this.#tools = tools;
    this.#directory = directory;
  }

  /** Loads none of them. */
  async registered(): Promise<readonly RegisteredModule[]> {
    const file = join(this.#directory, 'pkcs11.txt');
    if (!(await exists(file))) return [];
    const entries = (await readFile(file, 'utf8')).split(/\n\s*\n/);
    return entries
      .map((entry) => ({ name: member('name', entry), library: member('library', entry) }))
      .filter(({ name }) => name !== '');
  }

  /** The module by which programs see a token already: by itself, or by one that bundles others, as p11-kit-proxy does. */
  async showing(token: TokenIdentity): Promise<RegisteredModule | null> {
    const modules = await this.registered();
    const list = (await this.#modutil('-list')).toString('utf8');
    let current: RegisteredModule | undefined;
    for (const line of list.split('\n')) {
      const name = /^ {1,3}\d+\. (.+)$/.exec(line)?.[1];
      // NSS's own tokens have the serial number that tpm2-pkcs11's have.
      if (name !== undefined) {
        current = modules.find((module) => module.name === name.trim() && module.library !== '');
      }
      // Labels are foreign text, but what they are asked for by is spelt in percent.
      const uri = /^\s+uri: (pkcs11:\S*)$/.exec(line)?.[1];
      if (current && uri !== undefined && isUriOf(uri, token)) return current;
    }
    return null;
  }

  /** Registers a module under a name of ours, unless its file is registered by whatever name. */
  async add(library: string, moduleName: string): Promise<void> {
    const modules = await this.registered();
    if ((await withLibrary(modules, library)) !== undefined) return;
    const names = modules.map(({ name }) => name);
    const name = ownNames(moduleName).find((candidate) => !names.includes(candidate));
    if (name === undefined) throw new NssError('modutil', null);
    await this.#modutil('-add', name, '-libfile', library, '-force');
  }

  /** Forgets the module of that file, if it was registered under a name of ours. */
  async remove(library: string): Promise<void> {
    const module = await withLibrary(await this.registered(), library);
    if (module === undefined || !isOwnName(module.name)) return;
    await this.#modutil('-delete', module.name, '-force');
  }

  #modutil(...parameters: readonly string[]): Promise<Buffer> {
    return this.#tools.run('modutil', [...parameters, '-dbdir', `sql:${this.#directory}`]);
  }
}

/** Whether two paths lead to one library; NSS cannot load one twice. */
export async function isSameLibrary(one: string, other: string): Promise<boolean> {
  return one === other || (await resolved(one)) === (await resolved(other));
}

async function withLibrary(
  modules: readonly RegisteredModule[],
  library: string,
): Promise<RegisteredModule | undefined> {
  for (const module of modules) {
    if (module.library !== '' && (await isSameLibrary(module.library, library))) return module;
  }
  return undefined;
}

/** A file that is gone is known by the path that led to it. */
function resolved(path: string): Promise<string> {
  return realpath(path).catch(() => path);
}

function member(name: string, entry: string): string {
  return new RegExp(`^${name}=(.*)$`, 'm').exec(entry)?.[1]?.trim() ?? '';
}

const most = 9;

/** What programs call it, best first. A module's own name is foreign text, and goes into a file of lines. */
function ownNames(moduleName: string): readonly string[] {
  const plain = moduleName.replaceAll(/[^A-Za-z0-9 .,_()+#-]+/g, ' ').trim();
  const name = plain.replaceAll(/\s+/g, ' ').slice(0, 60) || 'PKCS #11';
  return Array.from({ length: most }, (_, index) =>
    index === 0 ? `${name} (Countersign)` : `${name} (Countersign ${index + 1})`,
  );
}

function isOwnName(name: string): boolean {
  return /\(Countersign(?: [2-9])?\)$/.test(name);
}

/** RFC 7512 §2.3; as modutil writes it, with the label and serial number that are not blank. */
function isUriOf(uri: string, { label, serial }: TokenIdentity): boolean {
  const attributes = new Map(
    uri
      .slice('pkcs11:'.length)
      .split(';')
      .map((pair) => pair.split('=', 2))
      .map(([name = '', value = '']) => [name, decoded(value)] as const),
  );
  const said = (name: string): string => attributes.get(name) ?? '';
  return isTelling(serial) ? said('serial') === serial : label !== '' && said('token') === label;
}

/** Bytes that are no UTF-8 stay as they are spelt, and then equal nothing. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return text;
    throw error;
  }
}
