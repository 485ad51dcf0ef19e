/** Programs of NSS that put credentials into its shared database. */
export const nssTools = ['certutil', 'pk12util', 'cmsutil', 'tstclnt'] as const;
export type NssTool = (typeof nssTools)[number];

/** What differs between operating systems, as far as the wallet is concerned. */
export interface Platform {
  readonly name: 'linux' | 'macos' | 'windows';
  readonly homeDirectory: string;
  /** Where the wallet keeps its own state. */
  readonly userDataDirectory: string;
  /** Which library speaks to the secret store of this system. */
  readonly secretStore: 'secret-service' | 'keytar';
  /** The NSS shared database that browsers on Linux read; `null` where the system has its own store. */
  readonly nss: NssLocation | null;
}

export interface NssLocation {
  readonly databaseDirectory: string;
  /** The command by which a person gets NSS's tools here, e.g. `sudo apt install libnss3-tools`. */
  readonly toolsInstallCommand: string;
}

/** What a platform is told about the machine instead of asking itself. */
export interface Machine {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The text of `/etc/os-release` where there is one. */
  readonly osRelease: string | null;
}
