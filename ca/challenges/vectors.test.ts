import { afterEach, describe, expect, it } from 'vitest';
import { judge, openStand, respond, vectorKey } from '../testing/vector-stand.ts';
import type { Opened, StandOptions, VectorStand } from '../testing/vector-stand.ts';
import { outputOf, readVectors } from '../testing/vectors.ts';
import { toPem } from '../x509/certificate.ts';
import { base32 } from './base32.ts';
import { accountLabel } from './dns-account-01.ts';
import { hotpCode } from './hotp-01.ts';
import { ocraResponse } from './ocra.ts';
import type { OcraInput } from './ocra.ts';
import { persistentRefusal } from './persistent-record.ts';

type Response = { readonly response: object };

const stands: VectorStand[] = [];

afterEach(() => stands.splice(0).forEach(({ state }) => state.close()));

function open(options: StandOptions = {}): VectorStand {
  const stand = openStand(options);
  stands.push(stand);
  return stand;
}

describe('cert-01', () => {
  type Given = Omit<Opened, 'type'> & {
    readonly now: string;
    readonly anchor: string;
    readonly revocationLists: readonly string[];
  };
  const { given, good, refused } = readVectors<Given, Response, Response>('cert-01');
  const pem = (label: string, base64: string): string =>
    toPem(label, Buffer.from(base64, 'base64'));
  const crl = given.revocationLists.map((list) => pem('X509 CRL', list)).join('');
  const anchor = { pem: pem('CERTIFICATE', given.anchor), maps: 'person-email', crl } as const;

  function outcomeOf({ response }: Response): Promise<string> {
    const stand = open({ now: new Date(given.now), challengeAnchors: [anchor] });
    return judge(stand, respond(stand, { type: 'cert-01', ...given }, response));
  }

  it.each(good)('takes %s', async (_id, vector) => {
    expect(await outcomeOf(outputOf(vector))).toBe('valid');
  });

  it.each(refused)('refuses %s', async (_id, { input, refusal }) => {
    expect(refusal?.as).toContain(await outcomeOf(input));
  });
});

describe('ppkp-01 by a registered key', () => {
  const { given, good, refused } = readVectors<Omit<Opened, 'type'>, Response, Response>(
    'ppkp-01-key',
  );

  function outcomeOf({ response }: Response): Promise<string> {
    const stand = open();
    for (const name of ['registered-es256', 'registered-eddsa', 'registered-rsa']) {
      const { jwk } = vectorKey(name);
      stand.authority.people.credentials.addKey({ personId: stand.person.id, jwk, name });
    }
    return judge(stand, respond(stand, { type: 'ppkp-01', ...given }, response));
  }

  it.each(good)('takes %s', async (_id, vector) => {
    expect(await outcomeOf(outputOf(vector))).toBe('valid');
  });

  it.each(refused)('refuses %s', async (_id, { input, refusal }) => {
    expect(refusal?.as).toContain(await outcomeOf(input));
  });
});

describe('ppkp-01 by a passkey', () => {
  type Given = Omit<Opened, 'type'> & {
    readonly challenge: string;
    readonly rpId: string;
    readonly userHandle: string;
    readonly passkeys: readonly {
      readonly id: string;
      readonly publicKey: string;
      readonly signCount: number;
      readonly synchronises: boolean;
    }[];
  };
  const { given, good, refused } = readVectors<Given, Response, Response>('ppkp-01-passkey');

  function openWithPasskeys(): VectorStand {
    const stand = open({ userHandle: given.userHandle });
    for (const { id, publicKey, signCount, synchronises } of given.passkeys) {
      stand.authority.people.credentials.addPasskey({
        ...{ id, personId: stand.person.id, publicKey: Buffer.from(publicKey, 'base64url') },
        ...{ signCount, transports: [], backedUp: synchronises, name: 'Vector' },
        deviceType: synchronises ? 'multiDevice' : 'singleDevice',
        aaguid: '00000000-0000-0000-0000-000000000000',
      });
    }
    return stand;
  }

  function outcomeOf({ response }: Response): Promise<string> {
    const stand = openWithPasskeys();
    return judge(stand, respond(stand, { type: 'ppkp-01', ...given }, response));
  }

  it('asks for what the vectors are over', () => {
    const stand = openWithPasskeys();
    const { challenge, account, person } = respond(stand, { type: 'ppkp-01', ...given }, {});
    const authorization = stand.state.authorizations.find('authorization');
    if (authorization === undefined) throw new Error('the authorization is missing');
    const described = stand.authority.challengeTypes.find('ppkp-01')?.describe?.({
      ...{ challenge, authorization, account, person, accountUrl: '', issuerDomainNames: [] },
    });
    const { rpId, challenge: asked } = given;
    expect(described).toMatchObject({ publicKey: { rpId, challenge: asked } });
  });

  it.each(good)('takes %s', async (_id, vector) => {
    expect(await outcomeOf(outputOf(vector))).toBe('valid');
  });

  it.each(refused)('refuses %s', async (_id, { input, refusal }) => {
    expect(refusal?.as).toContain(await outcomeOf(input));
  });
});

describe('codes', () => {
  type Typed = Response & { readonly type: string };
  type Code = { readonly otp: string };
  const { good, refused } = readVectors<undefined, Typed, Code>('codes');
  const place = { url: 'https://ca.example/acme/challenge/7', token: 'A'.repeat(43) };

  function outcomeOf({ type, response }: Typed): Promise<string> {
    const stand = open();
    const { codes } = stand.authority.people;
    codes.setUpHotp(stand.person.id);
    codes.setUpOcra(stand.person.id, 'OCRA-1:HOTP-SHA1-6:QN08');
    return judge(stand, respond(stand, { type, ...place, thumbprint: 'A' }, response));
  }

  it.each(good)('of the shape %s are read, and are wrong', async (_id, { input }) => {
    expect(await outcomeOf(input)).toBe('incorrectResponse');
  });

  it.each(refused)('of the shape %s are none', async (_id, { input, refusal }) => {
    expect(refusal?.as).toContain(await outcomeOf(input));
  });

  const base32Of = (key: string): string => base32(Buffer.from(key)).toUpperCase();

  it.each(readVectors<{ key: string; digits: 6 }, { counter: number }, Code>('hotp').good)(
    'that count are those of RFC 4226: %s',
    async (_id, vector) => {
      const { given } = readVectors<{ key: string; digits: 6 }, unknown>('hotp');
      const credential = { secret: base32Of(given.key), digits: given.digits };
      const { otp } = outputOf(vector);
      const { counter } = vector.input;
      expect(hotpCode(credential, counter)).toBe(otp);
      const stand = open();
      stand.state.hotpCredentials.put({ ...credential, personId: stand.person.id });
      stand.state.hotpCredentials.advance(stand.person.id, counter);
      const opened = { type: 'hotp-01', ...place, thumbprint: 'A' };
      expect(await judge(stand, respond(stand, opened, { otp }))).toBe('valid');
    },
  );

  type Timed = { readonly algorithm: string; readonly key: string; readonly time: number };
  const timed = readVectors<{ digits: 8; period: number }, Timed, Code>('totp');

  it.each(timed.good.filter(([, { input }]) => input.algorithm === 'SHA1'))(
    'by the time are those of RFC 6238: %s',
    async (_id, vector) => {
      const { key, time } = vector.input;
      const stand = open({ now: new Date(time * 1000) });
      const personId = stand.person.id;
      stand.state.totpCredentials.put({ personId, secret: base32Of(key), ...timed.given });
      const opened = { type: 'totp-01', ...place, thumbprint: 'A' };
      expect(await judge(stand, respond(stand, opened, outputOf(vector)))).toBe('valid');
    },
  );

  type Question = Omit<OcraInput, 'key' | 'counter' | 'time'> & {
    readonly key: string;
    readonly counter?: number;
    readonly time?: string;
  };

  it.each(readVectors<undefined, Question, Code>('ocra').good)(
    'for a question are those of RFC 6287: %s',
    (_id, vector) => {
      const { key, counter, time, ...rest } = vector.input;
      const response = ocraResponse({
        ...{ ...rest, key: Buffer.from(key) },
        ...(counter === undefined ? {} : { counter: BigInt(counter) }),
        ...(time === undefined ? {} : { time: BigInt(`0x${time}`) }),
      });
      expect(response).toBe(outputOf(vector).otp);
    },
  );
});

describe('records of a domain', () => {
  type Input = {
    readonly accountUrl: string;
    readonly wildcard?: boolean;
    readonly issuerDomainNames?: readonly string[];
  };
  type Output = { readonly name?: string; readonly label?: string; readonly value?: string };
  const { good } = readVectors<undefined, Input, Output>('domain-proofs');

  it.each(good.filter(([id]) => id.startsWith('dns-account-01')))(
    'are looked for where they are: %s',
    (_id, vector) => {
      const { label, name } = outputOf(vector);
      expect(accountLabel(vector.input.accountUrl)).toBe(label ?? name?.split('.')[0]);
    },
  );

  it.each(good.filter(([id]) => id.startsWith('dns-persist-01')))(
    'that stay prove it: %s',
    (_id, vector) => {
      const { accountUrl, wildcard: below = false, issuerDomainNames = [] } = vector.input;
      const now = new Date('2026-11-22T12:00:00Z');
      const texts = [outputOf(vector).value ?? ''];
      const proof = { issuerDomainNames, accountUrl, below, now };
      expect(persistentRefusal(texts, proof)).toBeUndefined();
      const elsewhere = { ...proof, accountUrl: `${accountUrl}A` };
      expect(persistentRefusal(texts, elsewhere)?.code).toBe('unauthorized');
    },
  );
});
