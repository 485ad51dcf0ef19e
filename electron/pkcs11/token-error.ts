import type { Failure, ModuleFault, TokenFault } from '../../shared/failure.ts';

export interface TokenErrorFacts {
  readonly reason: TokenFault;
  /** What the module calls itself. */
  readonly module: string;
  /** The token's label. */
  readonly token?: string;
  /** The name of what PKCS #11 answered, e.g. `CKR_DEVICE_ERROR`. */
  readonly detail?: string;
}

/** A token, a key on it or its PIN did not do what was asked; decided by the CKR code (PKCS #11 v3.0 §5.1). */
export class TokenError extends Error {
  readonly code = 'token';
  readonly reason: TokenFault;
  readonly facts: TokenErrorFacts;

  constructor(facts: TokenErrorFacts, doing: string, options?: ErrorOptions) {
    const { reason, module, detail } = facts;
    super(`${doing} by ${module}: ${reason}${detail === undefined ? '' : ` (${detail})`}`, options);
    this.name = 'TokenError';
    this.reason = reason;
    this.facts = facts;
  }

  toFailure(): Failure {
    return { code: 'token', ...this.facts };
  }
}

/** A file cannot serve as a PKCS #11 module, or a module stopped serving. */
export class ModuleError extends Error {
  readonly code = 'token-module';
  readonly reason: ModuleFault;
  readonly path: string;
  readonly detail: string | undefined;

  constructor(
    facts: { readonly reason: ModuleFault; readonly path: string; readonly detail?: string },
    options?: ErrorOptions,
  ) {
    super(`the module ${facts.path}: ${facts.reason}`, options);
    this.name = 'ModuleError';
    this.reason = facts.reason;
    this.path = facts.path;
    this.detail = facts.detail;
  }

  toFailure(): Failure {
    const { reason, path, detail } = this;
    return { code: 'token-module', reason, path, ...(detail === undefined ? {} : { detail }) };
  }
}
