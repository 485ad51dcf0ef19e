import type { CallName } from './messages.ts';

/** Milliseconds that a call may take; then its process is ended. */
export type Deadlines = Readonly<Record<CallName | 'pinPad', number>>;

const seconds = 1_000;

export const usualDeadlines: Deadlines = {
  open: 30 * seconds,
  inventory: 30 * seconds,
  lock: 15 * seconds,
  login: 30 * seconds,
  logout: 15 * seconds,
  // RSA-4096 takes old cards minutes.
  generateKeyPair: 300 * seconds,
  findKey: 15 * seconds,
  sign: 30 * seconds,
  readCertificates: 30 * seconds,
  writeCertificates: 60 * seconds,
  remove: 60 * seconds,
  removeCertificates: 60 * seconds,
  changePin: 30 * seconds,
  unblockPin: 30 * seconds,
  // Readers end the wait themselves, most after half a minute for each PIN.
  pinPad: 180 * seconds,
};
