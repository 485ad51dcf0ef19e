import type { NetworkFileFault } from '../../../shared/models/network.ts';

/** A file that should describe a network does not, or not one that could be joined safely. */
export class EapConfigError extends Error {
  readonly code = 'eap-config';
  readonly reason: NetworkFileFault;

  constructor(reason: NetworkFileFault, options?: ErrorOptions) {
    super(`reading a description of networks: ${reason}`, options);
    this.name = 'EapConfigError';
    this.reason = reason;
  }
}
