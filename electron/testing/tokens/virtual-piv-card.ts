import { createPublicKey, type KeyObject } from 'node:crypto';
import { readCommand, status, StatusError, statusWord, type CommandApdu } from './piv-apdu.ts';
import {
  generatePivKey,
  keyTypeOf,
  pivAlgorithms,
  publicKeyTemplate,
  restoredKey,
  signRaw,
  storedKey,
  type PivKeyType,
} from './piv-keys.ts';
import { ManagementAuthentication } from './piv-management.ts';
import { check, referenceLength, replace } from './piv-reference-data.ts';
import type { PivState } from './piv-state.ts';
import { readTlvs, tlv, valueOf } from './piv-tlv.ts';

/** SP 800-73-4 part 1 table 4b: where keys are, and what holds the certificate of each. */
const pivSlots = {
  /** Authentication: after the PIN. */
  '9a': '5fc105',
  /** Signatures: the PIN before each. */
  '9c': '5fc10a',
  /** Key management: after the PIN. */
  '9d': '5fc10b',
  /** Card authentication: without a PIN. */
  '9e': '5fc101',
} as const;
export type PivSlot = keyof typeof pivSlots;

const applicationId = Buffer.from('a000000308000010000100', 'hex');
const pinReference = 0x80;
const pukReference = 0x81;
const managementReference = 0x9b;
const chainingBit = 0x10;
/** Biometrics and what is printed on the card are read after the PIN only. */
const behindPin = new Set(['5fc103', '5fc108', '5fc109', '5fc121']);
const nothing = Buffer.alloc(0);

/** A PIV card (NIST SP 800-73-4) without the plastic: command APDUs in, response APDUs out. */
export class VirtualPivCard {
  readonly #state: PivState;
  readonly #management = new ManagementAuthentication();
  #isSelected = false;
  #isPinVerified = false;
  /** The PIN came with the command just before. */
  #isPinFresh = false;
  #chained: Buffer = nothing;
  #unsent: Buffer = nothing;

  constructor(state: PivState) {
    this.#state = state;
  }

  /** Makes a key as at the factory; resolves to its DER SubjectPublicKeyInfo. */
  generate(slot: PivSlot, type: PivKeyType): Buffer {
    const key = this.#generate(slot, type);
    return createPublicKey(key).export({ type: 'spki', format: 'der' });
  }

  /** As nobody outside of a real card ever has it. */
  privateKey(slot: PivSlot): KeyObject {
    return restoredKey(this.#state.contents.keys[slot]?.pkcs8 ?? '');
  }

  /** Writes a certificate (DER) as at the factory. */
  writeCertificate(slot: PivSlot, certificate: Uint8Array): void {
    const value = Buffer.concat([tlv(0x70, certificate), tlv(0x71, Buffer.of(0)), tlv(0xfe)]);
    this.#state.contents.objects[pivSlots[slot]] = value.toString('hex');
    this.#state.save();
  }

  /** DER, or `null`. */
  certificate(slot: PivSlot): Buffer | null {
    const object = this.#state.contents.objects[pivSlots[slot]];
    if (object === undefined) return null;
    return valueOf(0x70, readTlvs(Buffer.from(object, 'hex'))) ?? null;
  }

  get pinTriesLeft(): number {
    return this.#state.contents.pin.triesLeft;
  }

  /** Power off, or a reset by the reader: what was proven is forgotten. */
  reset(): void {
    this.#isSelected = false;
    this.#isPinVerified = false;
    this.#isPinFresh = false;
    this.#management.reset();
    this.#chained = nothing;
    this.#unsent = nothing;
  }

  transmit(octets: Buffer): Buffer {
    try {
      const command = readCommand(octets);
      if (command.ins === 0xc0) return this.#nextPart(command.le);
      if ((command.cla & chainingBit) !== 0) {
        this.#chained = Buffer.concat([this.#chained, command.data]);
        return statusWord(status.ok);
      }
      const data = Buffer.concat([this.#chained, command.data]);
      this.#chained = nothing;
      this.#unsent = this.#perform({ ...command, data });
      return this.#nextPart(command.le);
    } catch (error) {
      this.#unsent = nothing;
      if (error instanceof StatusError) return statusWord(error.status);
      // What a TLV reader says of data that ends too early.
      if (error instanceof RangeError) return statusWord(status.wrongData);
      throw error;
    }
  }

  /** ISO/IEC 7816-4 §5.1.3: at most 256 octets at once, and how many are left. */
  #nextPart(le: number): Buffer {
    const part = this.#unsent.subarray(0, le);
    this.#unsent = this.#unsent.subarray(part.length);
    const left = this.#unsent.length;
    const word = left === 0 ? status.ok : status.moreData + (left > 0xff ? 0 : left);
    return Buffer.concat([part, statusWord(word)]);
  }

  #perform(command: CommandApdu): Buffer {
    if (command.ins === 0xa4) return this.#select(command);
    if (!this.#isSelected) throw new StatusError(status.conditionsNotSatisfied);
    const isPinFresh = this.#isPinFresh;
    this.#isPinFresh = false;
    switch (command.ins) {
      case 0xcb:
        return this.#getData(command.data);
      case 0xdb:
        return this.#putData(command.data);
      case 0x20:
        return this.#verify(command);
      case 0x24:
        return this.#changeReferenceData(command);
      case 0x2c:
        return this.#resetRetryCounter(command);
      case 0x47:
        return this.#generateAsymmetricKeyPair(command);
      case 0x87:
        return this.#generalAuthenticate(command, isPinFresh);
      default:
        throw new StatusError(status.unknownInstruction);
    }
  }

  /** What was proven stays proven when the card application is selected again (SP 800-73-4 part 2 §3.1.1). */
  #select({ p1, data }: CommandApdu): Buffer {
    const isOurs = data.length >= 5 && applicationId.subarray(0, data.length).equals(data);
    if (p1 !== 4 || !isOurs) throw new StatusError(status.notFound);
    this.#isSelected = true;
    const authority = tlv(0x79, tlv(0x4f, applicationId.subarray(0, 5)));
    return tlv(0x61, tlv(0x4f, applicationId.subarray(5)), authority);
  }

  #getData(data: Buffer): Buffer {
    const tag = valueOf(0x5c, readTlvs(data))?.toString('hex') ?? '';
    // The discovery object: the PIN is that of the card application, and there is no other.
    if (tag === '7e') return tlv(0x7e, tlv(0x4f, applicationId), tlv(0x5f2f, Buffer.of(0x40, 0)));
    if (behindPin.has(tag)) this.#needPin();
    const object = this.#state.contents.objects[tag];
    if (object === undefined) throw new StatusError(status.notFound);
    return tlv(0x53, Buffer.from(object, 'hex'));
  }

  #putData(data: Buffer): Buffer {
    this.#needManagement();
    const tlvs = readTlvs(data);
    const tag = valueOf(0x5c, tlvs);
    const value = valueOf(0x53, tlvs);
    if (tag === undefined || value === undefined) throw new StatusError(status.wrongData);
    const { objects } = this.#state.contents;
    if (value.length > 0) objects[tag.toString('hex')] = value.toString('hex');
    else Reflect.deleteProperty(objects, tag.toString('hex'));
    this.#state.save();
    return nothing;
  }

  #verify({ p1, p2, data }: CommandApdu): Buffer {
    if (p2 !== pinReference) throw new StatusError(status.referenceNotFound);
    const { pin } = this.#state.contents;
    if (p1 === 0xff && data.length === 0) {
      this.#isPinVerified = false;
      return nothing;
    }
    if (p1 !== 0) throw new StatusError(status.wrongParameters);
    if (data.length === 0) {
      if (this.#isPinVerified) return nothing;
      if (pin.triesLeft === 0) throw new StatusError(status.blocked);
      throw new StatusError(status.verificationFailed + pin.triesLeft);
    }
    this.#checkPin(data);
    this.#isPinVerified = true;
    this.#isPinFresh = true;
    return nothing;
  }

  #changeReferenceData({ p2, data }: CommandApdu): Buffer {
    const { pin, puk } = this.#state.contents;
    const current = data.subarray(0, referenceLength);
    const next = data.subarray(referenceLength);
    if (p2 === pinReference) {
      this.#checkPin(current);
      replace(pin, next, 6);
    } else if (p2 === pukReference) {
      this.#saving(() => check(puk, current));
      replace(puk, next, referenceLength);
    } else {
      throw new StatusError(status.referenceNotFound);
    }
    this.#state.save();
    return nothing;
  }

  #resetRetryCounter({ p2, data }: CommandApdu): Buffer {
    if (p2 !== pinReference) throw new StatusError(status.referenceNotFound);
    const { pin, puk } = this.#state.contents;
    this.#saving(() => check(puk, data.subarray(0, referenceLength)));
    replace(pin, data.subarray(referenceLength), 6);
    this.#isPinVerified = false;
    this.#state.save();
    return nothing;
  }

  #generateAsymmetricKeyPair({ p2, data }: CommandApdu): Buffer {
    this.#needManagement();
    const algorithm = valueOf(0x80, readTlvs(valueOf(0xac, readTlvs(data)) ?? nothing))?.[0] ?? 0;
    const slot = p2.toString(16);
    if (!(slot in pivSlots)) throw new StatusError(status.wrongParameters);
    return publicKeyTemplate(this.#generate(slot as PivSlot, keyTypeOf(algorithm)));
  }

  #generalAuthenticate({ p1, p2, data }: CommandApdu, isPinFresh: boolean): Buffer {
    const message = readTlvs(valueOf(0x7c, readTlvs(data)) ?? nothing);
    if (p2 === managementReference) {
      const { managementKey } = this.#state.contents;
      const isTripleDes = (algorithm: number) => algorithm === 0 || algorithm === 3;
      const isSame = p1 === managementKey.algorithm;
      if (!isSame && !(isTripleDes(p1) && isTripleDes(managementKey.algorithm))) {
        throw new StatusError(status.wrongParameters);
      }
      return this.#management.step(managementKey, message);
    }
    const key = this.#state.contents.keys[p2.toString(16)];
    if (key === undefined) throw new StatusError(status.referenceNotFound);
    if (key.algorithm !== p1) throw new StatusError(status.wrongParameters);
    if (p2 !== 0x9e) this.#needPin();
    if (p2 === 0x9c && !isPinFresh) throw new StatusError(status.securityNotSatisfied);
    const challenge = valueOf(0x81, message);
    if (challenge === undefined) throw new StatusError(status.wrongData);
    const signature = signRaw(keyTypeOf(p1), restoredKey(key.pkcs8), challenge);
    return tlv(0x7c, tlv(0x82, signature));
  }

  #generate(slot: PivSlot, type: PivKeyType): KeyObject {
    const key = generatePivKey(type);
    const { keys } = this.#state.contents;
    keys[slot] = { algorithm: pivAlgorithms[type], pkcs8: storedKey(key) };
    this.#state.save();
    return key;
  }

  #checkPin(given: Buffer): void {
    this.#isPinVerified = false;
    this.#saving(() => check(this.#state.contents.pin, given));
  }

  /** A try is spent before anybody learns whether it was right. */
  #saving(work: () => void): void {
    try {
      work();
    } finally {
      this.#state.save();
    }
  }

  #needPin(): void {
    if (!this.#isPinVerified) throw new StatusError(status.securityNotSatisfied);
  }

  #needManagement(): void {
    if (!this.#management.isDone) throw new StatusError(status.securityNotSatisfied);
  }
}
