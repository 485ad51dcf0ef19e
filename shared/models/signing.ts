/** Programs that sign with a key on a token or in the system's store, by their own names. */
export const signingTools = [
  'osslsigncode',
  'jarsigner',
  'signtool',
  'codesign',
  'cosign',
  'gpgsm',
  'git',
  'ssh-keygen',
] as const;
export type SigningTool = (typeof signingTools)[number];

/** Why a program cannot use a key. */
export const signingObstacles = [
  'key-in-software',
  'not-on-this-system',
  'key-type',
  // The token wants its PIN for each signature, and the program has it for the login alone.
  'pin-each-time',
  // On a token where the program reads the system's store, or the other way round.
  'elsewhere',
  'not-typeable',
] as const;

/** How one program signs with this credential. */
export interface SigningToolView {
  readonly tool: SigningTool;
  readonly isInstalled: boolean;
  /** Exactly what is typed; the file's name is a placeholder, and no PIN is in it. */
  readonly command: string;
  /** The same by the wallet, which asks for the PIN once: `countersign sign --with …`. */
  readonly ownCommand?: string;
  /** Why it cannot be used with this key. */
  readonly obstacle?: (typeof signingObstacles)[number];
}

/** Programs whose configuration the wallet can write for a person or an administrator to use. */
export const configuredPrograms = ['openvpn', 'strongswan', 'openssh', 'windows', 'macos'] as const;
export type ConfiguredProgram = (typeof configuredPrograms)[number];

export interface ConfigurationText {
  readonly program: ConfiguredProgram;
  readonly fileName: string;
  /** Holds no PIN and no key. */
  readonly text: string;
}

/** A document that was signed. */
export interface SignedDocument {
  readonly path: string;
  /** When a timestamp server saw it (RFC 3161); absent: nobody but this computer says when. */
  readonly timestampedAt?: string;
  readonly timestampedBy?: string;
}

/** Why a document is not signed. */
export const documentFaults = [
  'no-pdf',
  'damaged',
  'encrypted',
  'too-large',
  // Whoever certified it allows no further signature.
  'locked',
  'unreadable',
  // There is a file already where the signed one is to be.
  'exists',
  'not-writable',
  // The certificate is for something else …
  'not-for-documents',
  // … or not valid now.
  'not-valid-now',
] as const;
export type DocumentFault = (typeof documentFaults)[number];

/** Why what a timestamp server said does not count (RFC 3161 §2.4.2). */
export const timestampFaults = [
  'refused',
  'malformed',
  // It speaks of something else than it was asked about.
  'other-answer',
  // Nobody who vouches for times here vouches for it.
  'untrusted',
  // This computer's clock and the server's differ.
  'wrong-time',
] as const;
export type TimestampFault = (typeof timestampFaults)[number];
