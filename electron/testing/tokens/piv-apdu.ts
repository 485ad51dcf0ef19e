/** A command as ISO/IEC 7816-4 §5.1 has it, in its short form. */
export interface CommandApdu {
  readonly cla: number;
  readonly ins: number;
  readonly p1: number;
  readonly p2: number;
  readonly data: Buffer;
  /** How many octets may be answered; 256 when not said. */
  readonly le: number;
}

/** Status words, NIST SP 800-73-4 part 1 table 6. */
export const status = {
  ok: 0x9000,
  moreData: 0x6100,
  /** Plus how many tries are left. */
  verificationFailed: 0x63c0,
  wrongLength: 0x6700,
  lastChainingExpected: 0x6883,
  securityNotSatisfied: 0x6982,
  blocked: 0x6983,
  conditionsNotSatisfied: 0x6985,
  wrongData: 0x6a80,
  notFound: 0x6a82,
  wrongParameters: 0x6a86,
  referenceNotFound: 0x6a88,
  unknownInstruction: 0x6d00,
  failed: 0x6f00,
} as const;

/** What a command is answered with instead of data. */
export class StatusError extends Error {
  readonly status: number;

  constructor(value: number) {
    super(`the card answers ${value.toString(16)}`);
    this.status = value;
  }
}

/** Throws `StatusError`, also for the extended form, which this card does not speak. */
export function readCommand(octets: Buffer): CommandApdu {
  if (octets.length < 4) throw new StatusError(status.wrongLength);
  const [cla = 0, ins = 0, p1 = 0, p2 = 0, third = 0] = octets;
  const rest = octets.length - 5;
  if (rest <= 0) return { cla, ins, p1, p2, data: Buffer.alloc(0), le: third || 256 };
  if (third === 0 || (rest !== third && rest !== third + 1)) {
    throw new StatusError(status.wrongLength);
  }
  const le = rest === third ? 256 : octets.readUInt8(octets.length - 1) || 256;
  return { cla, ins, p1, p2, data: octets.subarray(5, 5 + third), le };
}

export function statusWord(value: number): Buffer {
  return Buffer.from([value >> 8, value & 0xff]);
}
