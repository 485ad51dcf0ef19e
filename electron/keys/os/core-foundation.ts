import { OsKeyError } from './os-key-error.ts';
import { unusable } from './public-key.ts';
import type { ConstantName, Out, Ref, SecurityFunctions } from './security-functions.ts';
import { cfErrorOf } from './security-status.ts';

/** CFStringBuiltInEncodings: kCFStringEncodingUTF8. */
const utf8 = 0x08000100;
/** CFNumberType: kCFNumberSInt32Type. */
const int32 = 3;
const longestData = 65_536;

/** Objects of Core Foundation that one piece of work makes and gets, all released when it ends. */
export class ObjectScope {
  readonly security: SecurityFunctions;
  readonly #owned: Ref[] = [];

  constructor(security: SecurityFunctions) {
    this.security = security;
  }

  /** To be called once, in `finally`. */
  release(): void {
    for (const object of this.#owned.splice(0).reverse()) this.security.CFRelease(object);
  }

  /** Takes an object that the caller of the function has to release (Core Foundation's Create Rule). */
  own(object: Ref | null | undefined, call: string): Ref {
    if (typeof object !== 'bigint' || object === 0n) {
      throw new OsKeyError({ reason: 'failed', call }, 'making an object');
    }
    this.#owned.push(object);
    return object;
  }

  /** The result of a function that tells by a CFError why there is none. */
  ownOr(object: Ref | null, error: Out<Ref | null>, { call, doing }: Doing): Ref {
    if (error[0] !== null && error[0] !== 0n) {
      const reason = this.own(error[0], call);
      if (object === null) throw cfErrorOf(this.#describe(reason), call, doing);
    }
    return this.own(object, call);
  }

  constant(name: ConstantName): Ref {
    return this.security.constants[name];
  }

  data(octets: Uint8Array): Ref {
    const buffer = Buffer.from(octets);
    return this.own(this.security.CFDataCreate(null, buffer, buffer.length), 'CFDataCreate');
  }

  text(text: string): Ref {
    const string = this.security.CFStringCreateWithCString(null, text, utf8);
    return this.own(string, 'CFStringCreateWithCString');
  }

  number(value: number): Ref {
    const octets = Buffer.from(Int32Array.of(value).buffer);
    return this.own(this.security.CFNumberCreate(null, int32, octets), 'CFNumberCreate');
  }

  /** Keeps its keys and values (kCFTypeDictionary…CallBacks) until it is released. */
  dictionary(entries: Readonly<Partial<Record<ConstantName, Ref>>>): Ref {
    const { security } = this;
    const { keyCallBacks, valueCallBacks } = security;
    const dictionary = this.own(
      security.CFDictionaryCreateMutable(null, 0, keyCallBacks, valueCallBacks),
      'CFDictionaryCreateMutable',
    );
    for (const [name, value] of Object.entries(entries)) {
      security.CFDictionarySetValue(dictionary, this.constant(name as ConstantName), value);
    }
    return dictionary;
  }

  /** A copy. */
  octetsOf(data: Ref): Buffer {
    const length = this.security.CFDataGetLength(data);
    const pointer = this.security.CFDataGetBytePtr(data);
    if (length <= 0 || length > longestData || pointer === null) {
      throw unusable(`data of ${length} octets`);
    }
    return this.security.read(pointer, length);
  }

  #describe(error: Ref): { domain: string; status: number } {
    const status = this.security.CFErrorGetCode(error);
    // By the Get Rule it is not ours to release.
    const domain = this.security.CFErrorGetDomain(error);
    if (domain === null) return { domain: 'unknown', status };
    const text = Buffer.alloc(256);
    const isText = this.security.CFStringGetCString(domain, text, text.length, utf8) !== 0;
    const end = text.indexOf(0);
    return { domain: isText && end > 0 ? text.toString('utf8', 0, end) : 'unknown', status };
  }
}

export interface Doing {
  readonly call: string;
  readonly doing: string;
}
