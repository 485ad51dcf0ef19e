import type { CaOptions, RunningCa } from './running-ca.ts';

export type { CaOptions, RunningCa } from './running-ca.ts';

/** Starts the whole CA: ACME over HTTPS, the mutual-TLS probe, and the state behind them. */
export function startCa(options: CaOptions = {}): Promise<RunningCa> {
  return Promise.reject(new Error(`the CA is being built (${Object.keys(options).join(', ')})`));
}
