import type {
  CredentialDetail,
  CredentialSummary,
  Installation,
  InstallTargetId,
} from '../../shared/models/credential.ts';

export type RevocationReason =
  'unspecified' | 'keyCompromise' | 'superseded' | 'cessationOfOperation';

export type ExportRequest =
  | { readonly credentialId: string; readonly format: 'pem' }
  | { readonly credentialId: string; readonly format: 'pkcs12'; readonly passphrase: string };

/** What is written to the file that the person chose. */
export interface ExportedCredential {
  readonly data: Uint8Array;
  /** e.g. `alex.p12`. */
  readonly suggestedName: string;
}

/** The care of issued credentials. Rejections are errors that `toFailure` knows. */
export interface Credentials {
  summaries(): readonly CredentialSummary[];
  detail(credentialId: string): Promise<CredentialDetail>;
  prove(credentialId: string, target: InstallTargetId): Promise<Installation>;
  install(credentialId: string, target: InstallTargetId): Promise<Installation>;
  export(request: ExportRequest): Promise<ExportedCredential>;
  revoke(credentialId: string, reason: RevocationReason): Promise<void>;
  /** Takes it out of every target, then drops key and record; keeps both when a target refuses. */
  remove(credentialId: string): Promise<void>;
  /** Called after every change to the list of credentials. */
  subscribe(listener: () => void): () => void;
}
