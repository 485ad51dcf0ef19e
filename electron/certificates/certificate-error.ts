import type { CertificateFault } from '../../shared/failure.ts';

/** A certificate or chain cannot be used, and why. */
export class CertificateError extends Error {
  readonly code = 'certificate';
  readonly reason: CertificateFault;

  constructor(reason: CertificateFault, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'CertificateError';
    this.reason = reason;
  }
}
