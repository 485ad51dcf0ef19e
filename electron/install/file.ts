import type { CreatePkcs12 } from './install-target.ts';

/** One file that the person chose; PKCS #12 exactly when the key goes along. */
export type FileTargetOptions = {
  readonly path: string;
  /** What to do when something lies at `path` already. */
  readonly existing: 'refuse' | 'replace';
  readonly now: () => Date;
} & (
  | { readonly format: 'pem' }
  | {
      readonly format: 'pkcs12';
      readonly passphrase: string;
      readonly friendlyName: string;
      readonly createPkcs12: CreatePkcs12;
    }
);
