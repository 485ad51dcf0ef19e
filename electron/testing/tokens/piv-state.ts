import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { tlv } from './piv-tlv.ts';

export interface ReferenceData {
  value: string;
  triesLeft: number;
}

/** What a card does not forget when it has no power. */
export interface PivContents {
  readonly pin: ReferenceData;
  readonly puk: ReferenceData;
  /** Card management key (9B): algorithm of SP 800-78-4, and hex. */
  readonly managementKey: { readonly algorithm: number; readonly value: string };
  /** By key reference in hex: algorithm, and PKCS #8 DER in base64. */
  readonly keys: Record<string, { readonly algorithm: number; readonly pkcs8: string }>;
  /** By tag in hex: what GET DATA finds, in hex. */
  readonly objects: Record<string, string>;
}

export const mostTries = 3;

/** The management key that cards leave the factory with. */
export const factoryManagementKey = '0102030405060708'.repeat(3);

export interface PivDefaults {
  readonly pin?: string;
  readonly puk?: string;
  /** The factory's, which is 3DES, when not said. */
  readonly managementKey?: { readonly algorithm: number; readonly value: string };
}

/** The contents, in a JSON file that is written at each change. */
export class PivState {
  readonly contents: PivContents;
  readonly #path: string;

  /** Reads the file, or makes a fresh card. */
  constructor(path: string, defaults: PivDefaults = {}) {
    this.#path = path;
    this.contents = existsSync(path)
      ? (JSON.parse(readFileSync(path, 'utf8')) as PivContents)
      : freshContents(defaults);
    this.save();
  }

  save(): void {
    writeFileSync(`${this.#path}.fresh`, JSON.stringify(this.contents, null, 2));
    renameSync(`${this.#path}.fresh`, this.#path);
  }
}

function freshContents({ pin, puk, managementKey }: PivDefaults): PivContents {
  return {
    pin: { value: pin ?? '123456', triesLeft: mostTries },
    puk: { value: puk ?? '12345678', triesLeft: mostTries },
    managementKey: managementKey ?? { algorithm: 0x03, value: factoryManagementKey },
    keys: {},
    objects: {
      '5fc102': cardholderUniqueIdentifier().toString('hex'),
      '5fc107': cardCapabilityContainer().toString('hex'),
    },
  };
}

/** SP 800-73-4 part 1 table 9. The FASC-N says that the card is nobody's, so that its GUID is what tells it apart. */
function cardholderUniqueIdentifier(): Buffer {
  const fascN = Buffer.from('d4e739da739ced39ce739d836858210842108421c84210c3eb', 'hex');
  return Buffer.concat([
    tlv(0x30, fascN),
    tlv(0x34, randomBytes(16)),
    tlv(0x35, Buffer.from('20361231')),
    tlv(0x3e),
    tlv(0xfe),
  ]);
}

/** SP 800-73-4 part 1 table 8: PKCS #15 with the PIV data model. */
function cardCapabilityContainer(): Buffer {
  const identifier = Buffer.concat([Buffer.from('a000000116ff02', 'hex'), randomBytes(14)]);
  return Buffer.concat([
    tlv(0xf0, identifier),
    tlv(0xf1, Buffer.of(0x21)),
    tlv(0xf2, Buffer.of(0x21)),
    tlv(0xf3),
    tlv(0xf4, Buffer.of(0)),
    tlv(0xf5, Buffer.of(0x10)),
    ...[0xf6, 0xf7, 0xfa, 0xfb, 0xfc, 0xfd, 0xfe].map((tag) => tlv(tag)),
  ]);
}
