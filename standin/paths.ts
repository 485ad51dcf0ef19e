import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';

const XDG_FOLDERS: Readonly<Record<string, string>> = {
  desktop: 'Desktop',
  documents: 'Documents',
  downloads: 'Downloads',
  music: 'Music',
  pictures: 'Pictures',
  videos: 'Videos',
};

/** `app.getPath` and `app.setPath`, with the places that Electron uses on Linux. */
export class Paths {
  readonly #set = new Map<string, string>();
  readonly #executable: string;
  readonly #name: () => string;

  constructor(options: { executable: string; name: () => string; userData: string | undefined }) {
    this.#executable = options.executable;
    this.#name = options.name;
    if (options.userData !== undefined) this.#set.set('userData', options.userData);
  }

  get(name: string): string {
    const path = this.#set.get(name) ?? this.#initial(name);
    if (path === undefined) throw new Error(`Failed to get '${name}' path`);
    if (name === 'userData' || name === 'logs') mkdirSync(path, { recursive: true });
    return path;
  }

  set(name: string, path: string): void {
    if (!isAbsolute(path)) throw new Error('Path must be absolute');
    this.#set.set(name, path);
  }

  #initial(name: string): string | undefined {
    const folder = XDG_FOLDERS[name];
    if (folder !== undefined) return xdgFolder(name, folder);
    switch (name) {
      case 'home':
        return homedir();
      case 'temp':
        return tmpdir();
      case 'appData':
        return process.env['XDG_CONFIG_HOME'] ?? join(homedir(), '.config');
      case 'userData':
        return join(this.get('appData'), this.#name());
      case 'sessionData':
        return this.get('userData');
      case 'logs':
        return join(this.get('userData'), 'logs');
      case 'crashDumps':
        return join(this.get('userData'), 'Crashpad');
      case 'exe':
      case 'module':
        return this.#executable;
      default:
        return undefined;
    }
  }
}

function xdgFolder(name: string, fallback: string): string {
  const configuration = process.env['XDG_CONFIG_HOME'] ?? join(homedir(), '.config');
  const file = join(configuration, 'user-dirs.dirs');
  const variable = name === 'downloads' ? 'DOWNLOAD' : name.toUpperCase();
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const [, value] = new RegExp(`^XDG_${variable}_DIR="(.*)"`, 'm').exec(text) ?? [];
  return value?.replace('$HOME', homedir()) ?? join(homedir(), fallback);
}
