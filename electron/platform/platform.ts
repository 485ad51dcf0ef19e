/** What differs between operating systems, as far as the wallet is concerned. */
export interface Platform {
  readonly name: 'linux' | 'macos' | 'windows';
  readonly homeDirectory: string;
  /** Where the wallet keeps its state when it is not told otherwise. */
  readonly userDataDirectory: string;
  /** Which library speaks to the secret store of this system. */
  readonly secretStore: 'secret-service' | 'keytar';
  /** Who keeps keys that cannot be copied: Windows's CNG, the Mac's keychains; `null`: nobody but a TPM or token. */
  readonly osKeys: 'cng' | 'keychain' | null;
  /** The NSS shared database; `null` where browsers read a store of the system instead. */
  readonly nss: NssLocation | null;
  /** Where Firefox has its profiles, for versions whose profiles hold certificates that we can put there. */
  readonly firefoxRoots: readonly FirefoxRoot[];
  /** `null`: browsers are not told here by files which certificate to show. */
  readonly browserPolicies: BrowserPolicyLocation | null;
  readonly pkcs11: Pkcs11Location;
  /** What whoever administers this computer decides for all its people (docs/tokens.md); `null`: not read here. */
  readonly managedPolicyFile: string | null;
}

export interface NssLocation {
  /** Browsers read the first of these that exists. One that is made is made as the first. */
  readonly databaseDirectories: readonly [string, ...string[]];
  /** Where some of NSS's tools lie beside those in `PATH`. */
  readonly toolDirectories: readonly string[];
  /** What a person types to get NSS's tools here, e.g. `sudo apt install libnss3-tools`; `null`: not known. */
  readonly toolsInstallCommand: string | null;
}

/** A directory with a `profiles.ini`. */
export interface FirefoxRoot {
  readonly directory: string;
  /** Its Firefox is shut off from the rest of the computer. */
  readonly isSandboxed: boolean;
}

/** Files by which the administrator of a computer tells browsers what to do, by browser. */
export interface BrowserPolicyLocation {
  readonly files: Readonly<Record<PolicyFile['browser'], PolicyFile>>;
  /** Run with an administrator's rights: constant, for nobody else may say what that is. */
  readonly programs: {
    readonly elevate: string;
    readonly install: string;
    readonly remove: string;
  };
}

export interface PolicyFile {
  readonly browser: 'chromium' | 'chrome' | 'edge' | 'firefox';
  readonly path: string;
  /** Programs by one of which the browser is known to be here. */
  readonly commands: readonly string[];
  /** Files of packages that the browser reads for as long as there is none at `path`. */
  readonly insteadOf: readonly string[];
}

/** PKCS #11 modules: where they come from, and which of them can be loaded here. */
export interface Pkcs11Location {
  /** Of this process, as `process.arch` names it. */
  readonly architecture: string;
  readonly libraryFormat: 'elf' | 'mach-o' | 'pe';
  /** Where vendors and distributions put modules, those that can do more in front. */
  readonly moduleFiles: readonly string[];
  /** `null`: there is none here. */
  readonly p11Kit: P11KitLocation | null;
  /** Whose members may write what programs load; `null`: what file modes say means nothing here. */
  readonly administratorGroups: readonly number[] | null;
  /** How a file says that it came from the network and nobody vouched for it. */
  readonly quarantine: QuarantineMark | null;
  /** `null`: this system's loader looks elsewhere, and we cannot tell. */
  readonly loader: LoaderLocation | null;
}

/** pkcs11.conf(5): settings, and directories with a file per module. */
export interface P11KitLocation {
  readonly systemConfiguration: string;
  readonly personConfiguration: string;
  readonly personModules: string;
  /** The administrator's first, then those of packages. */
  readonly systemModules: readonly string[];
  /** Where modules are that are named without a directory; the first that exists. */
  readonly moduleDirectories: readonly string[];
}

/** ld.so(8): where libraries are found on which others depend. */
export interface LoaderLocation {
  readonly cacheFile: string;
  readonly directories: readonly string[];
}

export type QuarantineMark =
  /** macOS: the extended attribute `com.apple.quarantine`, read by this program. */
  | { readonly kind: 'extended-attribute'; readonly program: string }
  /** Windows: the stream `Zone.Identifier` beside the file's own. */
  | { readonly kind: 'zone-identifier' };

/** The programs of NSS by which credentials get into its database and are tried from there. */
export type NssTool = 'certutil' | 'pk12util' | 'cmsutil' | 'tstclnt' | 'modutil';

/** What a platform is told about the machine instead of asking. */
export interface Machine {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The text of `/etc/os-release` where there is one. */
  readonly osRelease: string | null;
  /** That of this process unless it is given. */
  readonly architecture?: string;
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
