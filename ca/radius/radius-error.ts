/** Why a RADIUS server could not be asked; never with what was asked. */
export class RadiusError extends Error {
  override readonly name = 'RadiusError';
  readonly code: 'does-not-fit' | 'not-an-answer' | 'time-out' | 'unreachable';

  constructor(code: RadiusError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
