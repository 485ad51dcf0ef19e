import type { Obstacle } from './signing-program.ts';

export type SigningFault =
  | 'not-for-programs'
  | 'not-valid-now'
  | 'obstacle'
  | 'not-on-token'
  | 'tool-missing'
  | 'unreadable'
  | 'exists'
  | 'not-writable'
  | 'tool-failed'
  | 'not-verified';

/** A program is not signed. */
export class SigningError extends Error {
  readonly code = 'signing';
  readonly reason: SigningFault;
  /** For the person beside the reason: a path, or what the tool said at its end. */
  readonly detail: string;
  readonly obstacle: Obstacle | undefined;

  constructor(
    reason: SigningFault,
    detail = '',
    options: ErrorOptions & { readonly obstacle?: Obstacle } = {},
  ) {
    super(`signing a program: ${reason}`, options);
    this.name = 'SigningError';
    this.reason = reason;
    this.detail = detail;
    this.obstacle = options.obstacle;
  }
}
