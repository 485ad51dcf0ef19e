import { execFileSync } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TimestampFault } from '../../shared/models/signing.ts';
import { createSignedData } from '../certificates/cms-signed-data.ts';
import { derTags, encodingOf, membersOf, readWhole } from '../certificates/der-reader.ts';
import {
  generalizedTime,
  integer,
  objectIdentifier,
  octetString,
  sequence,
} from '../certificates/der.ts';
import { derOf } from '../certificates/pem.ts';
import { HttpError } from '../http/http-client.ts';
import { timestampExchange, type TimestampExchange } from '../http/timestamp-exchange.ts';
import { KeyObjectSigner } from '../keys/key-object-signer.ts';
import { madeUp } from '../testing/made-up.ts';
import { requireProgram } from '../testing/server-program.ts';
import { TestAuthority, type LeafDetails } from '../testing/test-authority.ts';
import { TimestampServer } from '../testing/timestamp-server.ts';
import { TimestampError } from './document-error.ts';
import { timestampOf, type Timestamp, type TimestampRooms } from './timestamp.ts';

const signature = Buffer.from('a signature');
const rooms: TimestampRooms = { exchange: timestampExchange(), now: () => new Date(), randomBytes };

let server: TimestampServer;

beforeAll(async () => {
  requireProgram('openssl', 'openssl');
  server = await TimestampServer.start();
});
afterAll(() => server[Symbol.asyncDispose]());

const asked = (
  { url, root }: Pick<TimestampServer, 'url' | 'root'> = server,
  changes: Partial<TimestampRooms> = {},
): Promise<Timestamp> =>
  timestampOf(signature, { url, roots: [root], mayStayHere: true }, { ...rooms, ...changes });

async function faultOf(asking: Promise<unknown>): Promise<TimestampFault> {
  const error: unknown = await asking.then(
    () => expect.unreachable(),
    (thrown: unknown) => thrown,
  );
  if (error instanceof TimestampError) return error.reason;
  throw error;
}

/** Somebody between here and the server says that in place of its answer. */
const answering =
  (instead: (reply: Buffer) => Buffer): TimestampExchange =>
  async (url, query, options) => {
    const response = await rooms.exchange(url, query, options);
    return { ...response, body: instead(Buffer.from(response.body)) };
  };

const newSigner = (): KeyObjectSigner =>
  new KeyObjectSigner(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);

/** A server of our own that answers whatever it is asked, by a certificate of that kind. */
const stampingBy =
  (
    root: TestAuthority,
    usages: Pick<LeafDetails, 'extendedKeyUsages' | 'usagesAreCritical'>,
    certified?: KeyObjectSigner,
  ): TimestampExchange =>
  async (url, query, options) => {
    const signer = newSigner();
    const { publicSpki: spki } = certified ?? signer;
    const certificate = derOf(await root.issue({ spki, ...usages }));
    const token = await createSignedData({
      ...{ signer, certificate, chain: [], form: 'enveloped' },
      content: informationFor(Buffer.from(query)),
      contentType: '1.2.840.113549.1.9.16.1.4',
    });
    const response = await rooms.exchange(url, query, options);
    return { ...response, body: sequence(sequence(integer(0)), token) };
  };

/** TSTInfo for a TimeStampReq, whose imprint and nonce are taken over as they are. */
function informationFor(query: Buffer): Buffer {
  const [, imprint, nonce] = membersOf(readWhole(query, derTags.sequence)).map(encodingOf);
  if (imprint === undefined || nonce === undefined) throw new Error('this is no query');
  const [version, policy, serial] = [integer(1), objectIdentifier('1.2.3'), integer(1)];
  return sequence(version, policy, imprint, serial, generalizedTime(new Date()), nonce);
}

/** What is asked about a text. */
async function queryOf(text: string): Promise<Uint8Array> {
  let query: Uint8Array | undefined;
  const exchange: TimestampExchange = (_url, asking) => {
    query = asking;
    return Promise.reject(new Error('not asked'));
  };
  const asking = { url: server.url, roots: [], mayStayHere: true };
  await timestampOf(Buffer.from(text), asking, { ...rooms, exchange }).catch(() => undefined);
  return query ?? expect.unreachable();
}

test('a timestamp says when and by whom, and OpenSSL believes it as well', async () => {
  const { token, at, by } = await asked();
  expect(Math.abs(at.getTime() - Date.now())).toBeLessThan(60_000);
  expect(by).toBe('Test Time');
  const directory = mkdtempSync(join(tmpdir(), 'countersign-timestamp-'));
  try {
    const file = (name: string, octets: Uint8Array | string): string => {
      writeFileSync(join(directory, name), octets);
      return join(directory, name);
    };
    const words = ['ts', '-verify', '-token_in', '-in', file('token', token)];
    const trust = ['-CAfile', file('root', server.root)];
    const verified = execFileSync('openssl', [
      ...[...words, '-data', file('data', signature), ...trust],
    ]);
    expect(verified.toString()).toContain('Verification: OK');
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test('the server hears a digest and a nonce, never the same one twice', async () => {
  server.queries.length = 0;
  await asked();
  await asked();
  const [first, second] = server.queries;
  expect(first).not.toEqual(second);
  expect(first?.includes(signature)).toBe(false);
});

describe('a timestamp counts for nothing', () => {
  test('that answers an earlier question', async () => {
    let earlier: Buffer | undefined;
    const exchange = answering((reply) => (earlier ??= reply));
    await asked(server, { exchange });
    expect(await faultOf(asked(server, { exchange }))).toBe('other-answer');
  });

  test('that is for something else', async () => {
    const { url, root } = server;
    const theirs = await rooms.exchange(url, await queryOf('another signature'), {
      mayStayHere: true,
    });
    const exchange = answering(() => Buffer.from(theirs.body));
    expect(await faultOf(asked({ url, root }, { exchange }))).toBe('other-answer');
  });

  test('of a server for which nobody vouches here', async () => {
    const other = await TestAuthority.root({ name: 'Test Time Root' });
    expect(await faultOf(asked({ url: server.url, root: other.certificate }))).toBe('untrusted');
    expect(
      await faultOf(
        timestampOf(signature, { url: server.url, roots: [], mayStayHere: true }, rooms),
      ),
    ).toBe('untrusted');
  });

  test.each<readonly [string, readonly string[], boolean]>([
    ['is for signing as well', ['1.3.6.1.5.5.7.3.8', '1.3.6.1.5.5.7.3.3'], true],
    ['is for timestamps, and may be passed over', ['1.3.6.1.5.5.7.3.8'], false],
    ['is for something else', ['1.3.6.1.5.5.7.3.3'], true],
  ])('whose certificate %s', async (_what, extendedKeyUsages, usagesAreCritical) => {
    const root = await TestAuthority.root();
    const stamped = (usages: readonly string[], critical: boolean) =>
      asked(
        { url: server.url, root: root.certificate },
        { exchange: stampingBy(root, { extendedKeyUsages: usages, usagesAreCritical: critical }) },
      );
    await expect(stamped(['1.3.6.1.5.5.7.3.8'], true)).resolves.toMatchObject({ by: 'Test Leaf' });
    expect(await faultOf(stamped(extendedKeyUsages, usagesAreCritical))).toBe('untrusted');
  });

  test('whose signature was made with another key', async () => {
    const root = await TestAuthority.root();
    const usages = { extendedKeyUsages: ['1.3.6.1.5.5.7.3.8'], usagesAreCritical: true };
    const exchange = stampingBy(root, usages, newSigner());
    const asking = asked({ url: server.url, root: root.certificate }, { exchange });
    expect(await faultOf(asking)).toBe('untrusted');
  });

  test('when the clocks differ by more than ten minutes', async () => {
    const slow = () => new Date(Date.now() - 11 * 60_000);
    const fast = () => new Date(Date.now() + 11 * 60_000);
    expect(await faultOf(asked(server, { now: slow }))).toBe('wrong-time');
    expect(await faultOf(asked(server, { now: fast }))).toBe('wrong-time');
    const nearly = () => new Date(Date.now() + 9 * 60_000);
    await expect(asked(server, { now: nearly })).resolves.toBeDefined();
  });

  test('that was refused', async () => {
    // RFC 3161 §2.4.2: PKIStatus 2 is a rejection.
    const exchange = answering(() => sequence(sequence(integer(2))));
    expect(await faultOf(asked(server, { exchange }))).toBe('refused');
    const failing: TimestampExchange = async (...words) => ({
      ...(await rooms.exchange(...words)),
      status: 500,
    });
    expect(await faultOf(asked(server, { exchange: failing }))).toBe('refused');
  });

  test.each([
    ['nothing', Buffer.alloc(0)],
    ['a page', Buffer.from('<!doctype html>')],
    ['a yes without a token', sequence(sequence(integer(0)))],
    [
      'something else than a token',
      sequence(sequence(integer(0)), sequence(octetString(signature))),
    ],
  ])('that is %s', async (_what, body) => {
    const exchange = answering(() => body);
    expect(await faultOf(asked(server, { exchange }))).toBe('malformed');
  });

  test('that was changed in any octet that is signed', async () => {
    // One nonce for all, so that nothing but the change is wrong.
    const nonce = randomBytes(16);
    const once = { randomBytes: () => nonce };
    let honest: Buffer = Buffer.alloc(0);
    await asked(server, { ...once, exchange: answering((reply) => (honest = reply)) });
    const changed = (at: number, difference: number): TimestampExchange => {
      const octets = Uint8Array.from(honest);
      octets[at] = (octets[at] ?? 0) ^ difference;
      return () =>
        Promise.resolve({ url: server.url, status: 200, headers: new Headers(), body: octets });
    };
    const { at: said, by } = await asked(server, { ...once, exchange: changed(0, 0) });
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: honest.length - 1 }),
        fc.integer({ min: 1, max: 255 }),
        async (at, difference) => {
          const asking = asked(server, { ...once, exchange: changed(at, difference) });
          const outcome = await asking.catch((error: unknown) => error);
          // Nobody signs how the status is put, and certificates that are not needed; then all is said as before.
          if (outcome instanceof TimestampError) return;
          expect(outcome).toMatchObject({ at: said, by });
        },
      ),
      { numRuns: madeUp(400) },
    );
  });
});

test('an answer that goes on and on is not read', async () => {
  await using endless = await TimestampServer.start({ instead: () => Buffer.alloc(100_000) });
  const error: unknown = await asked(endless).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(HttpError);
  expect(error).toMatchObject({ reason: 'response-too-large' });
});
