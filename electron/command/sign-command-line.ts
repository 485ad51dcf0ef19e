import type { SigningTool } from '../../shared/models/signing.ts';

/** Those that the wallet runs by itself. */
export const runTools = ['osslsigncode', 'jarsigner'] as const satisfies readonly SigningTool[];

/** What `countersign sign` was asked for. */
export interface SignWish {
  readonly name: 'sign';
  readonly tool: (typeof runTools)[number];
  readonly credentialId: string;
  readonly pinFd?: number;
  readonly acceptFinalTry: boolean;
  readonly files: readonly string[];
  /** For one file. */
  readonly out?: string;
  /** An address (RFC 3161), or `none`; the organisation's when not said. */
  readonly timestamp?: string;
}

/** What `countersign sign --document` was asked for: the wallet signs it itself. */
export interface SignDocumentWish {
  readonly name: 'sign-document';
  readonly document: string;
  readonly credentialId: string;
  readonly pinFd?: number;
  readonly acceptFinalTry: boolean;
  readonly out?: string;
}
