import type { TokenIdentity } from '../../shared/models/token.ts';

/** Whether the same is written on both: where serial numbers say nothing, that is all there is to tell tokens apart. */
export const isSameIdentity = (one: TokenIdentity, other: TokenIdentity): boolean =>
  one.serial === other.serial &&
  one.label === other.label &&
  one.manufacturer === other.manufacturer &&
  one.model === other.model;

/** None, or zeros only, as security chips have. */
export const isBareSerial = (serial: string): boolean => /^[0 ]*$/.test(serial);
