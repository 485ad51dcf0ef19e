/** What differs between operating systems, as far as the wallet is concerned. */
export interface Platform {
  readonly name: 'linux' | 'macos' | 'windows';
  readonly homeDirectory: string;
  /** Where the wallet keeps its state when it is not told otherwise. */
  readonly userDataDirectory: string;
  /** Which library speaks to the secret store of this system. */
  readonly secretStore: 'secret-service' | 'keytar';
  /** The NSS shared database; `null` where browsers read a store of the system instead. */
  readonly nss: NssLocation | null;
}

export interface NssLocation {
  /** Browsers read the first of these that exists. One that is made is made as the first. */
  readonly databaseDirectories: readonly [string, ...string[]];
  /** Where some of NSS's tools lie beside those in `PATH`. */
  readonly toolDirectories: readonly string[];
  /** What a person types to get NSS's tools here, e.g. `sudo apt install libnss3-tools`; `null`: not known. */
  readonly toolsInstallCommand: string | null;
}

/** The programs of NSS by which credentials get into its database and are tried from there. */
export type NssTool = 'certutil' | 'pk12util' | 'cmsutil' | 'tstclnt';

/** What a platform is told about the machine instead of asking. */
export interface Machine {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The text of `/etc/os-release` where there is one. */
  readonly osRelease: string | null;
}

/** The environment lacks what every session of this operating system has. */
export class PlatformError extends Error {
  readonly code = 'platform';
  readonly variable: string;

  constructor(variable: string) {
    super(`the environment variable ${variable} names no directory`);
    this.name = 'PlatformError';
    this.variable = variable;
  }
}
