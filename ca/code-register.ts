import { randomBytes } from 'node:crypto';
import { generateSecret, generateURI } from 'otplib/functional';
import { isSameCode } from './challenges/codes.ts';
import { hotpCode } from './challenges/hotp-01.ts';
import { ocraKeyLengths } from './challenges/ocra.ts';
import type { OcraSuite } from './challenges/ocra.ts';
import type { CodeKind, CodeRegister, HotpSetup, OtpSetup } from './people-types.ts';
import type { Person } from './people-types.ts';
import type { State } from './state.ts';

export type CodeRegisterOptions = {
  readonly state: State;
  readonly issuerName: string;
  /** Throws for who is not known. */
  readonly find: (personId: string) => Person;
};

/** How far two codes in a row may be ahead of the counter (RFC 4226 §7.4). */
const RESYNCHRONIZATION = 100;

/** With what people make one-time codes, other than by an authenticator app. */
export function createCodeRegister({ state, issuerName, find }: CodeRegisterOptions): CodeRegister {
  const hotp = (personId: string): HotpSetup | undefined => {
    const credential = state.hotpCredentials.find(personId);
    if (credential === undefined) return undefined;
    const { secret, digits, counter } = credential;
    const naming = { issuer: issuerName, label: find(personId).email };
    const uri = generateURI({ strategy: 'hotp', ...naming, secret, digits, counter });
    return { uri, secret, digits, counter };
  };
  const otp = (personId: string): OtpSetup | undefined => {
    const credential = state.otpCredentials.find(personId);
    if (credential?.kind !== 'ocra') return credential && setupAt(credential.userName);
    const { kind, suite, secret } = credential;
    return { kind, suite, secret };
  };
  const putOtp = (personId: string, setup: OtpSetup): void =>
    state.transaction(() => {
      state.otpCredentials.put({ ...setup, personId: find(personId).id });
      state.throttles.forget(`otp:${personId}`);
    });
  return {
    kinds: (personId) => kindsOf(personId, state),
    hotp,
    setUpHotp: (personId) =>
      state.transaction(() => {
        const credential = { personId: find(personId).id, secret: generateSecret() };
        state.hotpCredentials.put({ ...credential, digits: 6 });
        state.throttles.forget(`hotp:${personId}`);
      }),
    resynchronizeHotp: (personId, codes) => resynchronize(personId, codes, state),
    otp,
    setUpOcra(personId, suite) {
      putOtp(personId, { kind: 'ocra', suite, secret: newKey(suite) });
    },
    setUpRadius: (personId, userName) => putOtp(personId, setupAt(userName)),
    remove: (personId, kind) =>
      state.transaction(() => {
        credentialsOf(kind, state).remove(personId);
        state.throttles.forget(`${kind}:${personId}`);
      }),
  };
}

function setupAt(userName: string): OtpSetup {
  return { kind: 'radius', userName };
}

function newKey(suite: OcraSuite): string {
  return randomBytes(ocraKeyLengths[suite]).toString('hex');
}

function kindsOf(personId: string, state: State): readonly CodeKind[] {
  const kinds: readonly CodeKind[] = ['totp', 'hotp', 'otp'];
  return kinds.filter((kind) => credentialsOf(kind, state).find(personId) !== undefined);
}

type Credentials = {
  find(personId: string): unknown;
  remove(personId: string): void;
};

function credentialsOf(kind: CodeKind, state: State): Credentials {
  const { totpCredentials, hotpCredentials, otpCredentials } = state;
  return { totp: totpCredentials, hotp: hotpCredentials, otp: otpCredentials }[kind];
}

/** RFC 4226 §7.4: one code in a window this wide could be guessed; two in a row hardly. */
function resynchronize(
  personId: string,
  [first, second]: readonly [string, string],
  state: State,
): boolean {
  return state.transaction(() => {
    const credential = state.hotpCredentials.find(personId);
    if (credential === undefined) return false;
    const ahead = Array.from({ length: RESYNCHRONIZATION }, (_, index) => index);
    const [found] = ahead
      .map((index) => credential.counter + index)
      .filter((counter) => isSameCode(hotpCode(credential, counter), first))
      .filter((counter) => isSameCode(hotpCode(credential, counter + 1), second));
    if (found === undefined) return false;
    state.hotpCredentials.advance(personId, found + 2);
    state.throttles.forget(`hotp:${personId}`);
    return true;
  });
}
