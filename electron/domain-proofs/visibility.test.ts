import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ImpatientClock } from '../testing/local-ca.ts';
import { startKnot, type Knot } from '../testing/knot.ts';
import { ByHandPublisher, type RecordKeeper } from './by-hand.ts';
import { DnsClient } from './dns-client.ts';
import { DnsUpdatePublisher } from './dns-update.ts';
import type { TxtRecord } from './txt-record.ts';
import { Visibility, type VisibilityOptions } from './visibility.ts';

let first: Knot;
let second: Knot;

beforeAll(async () => {
  const zones = { 'example.test': ['alias CNAME target', 'other TXT "another value"'] };
  first = await startKnot({ zones });
  second = await startKnot({ zones });
});
afterAll(async () => {
  await first.stop();
  await second.stop();
});

const dns = new DnsClient({ timeout: 1_000 });
const closed = { host: '127.0.0.1', port: 1 };

const visibility = (options: Partial<VisibilityOptions> = {}): Visibility =>
  new Visibility({ dns, resolvers: [], authorities: [first.server, second.server], ...options });

const record = (name: string): TxtRecord => ({
  name: `${name}.example.test`,
  type: 'TXT',
  value: 'ours',
  ttl: 60,
});

const publishAt = (knot: Knot, each: TxtRecord) =>
  new DnsUpdatePublisher({ dns, server: knot.server, key: knot.key }).publish(each);

describe('a look at the name servers', () => {
  test('tells nothing, another value and ours apart', async () => {
    expect(await visibility().lookAt(record('new'))).toEqual({ seen: 'nothing' });
    expect(await visibility().lookAt(record('other'))).toEqual({
      seen: 'other',
      values: ['another value'],
    });
    await publishAt(first, record('other'));
    // One server that still has the old records is enough for a CA to see them.
    expect(await visibility().lookAt(record('other'))).toEqual({ seen: 'partly' });
    await publishAt(second, record('other'));
    expect(await visibility().lookAt(record('other'))).toEqual({ seen: 'record' });
  });

  test('follows aliases', async () => {
    await publishAt(first, record('alias'));
    const one = visibility({ authorities: [first.server] });
    expect(await one.lookAt(record('alias'))).toEqual({ seen: 'record' });
    expect(await first.texts('target.example.test')).toEqual(['ours']);
  });

  test('does without a server that is down', async () => {
    await publishAt(first, record('alone'));
    const half = visibility({ resolvers: [first.server], authorities: [first.server, closed] });
    expect(await half.lookAt(record('alone'))).toEqual({ seen: 'record' });
  });

  test('says when nobody answers', async () => {
    const none = visibility({ authorities: [closed] });
    expect(await none.lookAt(record('new'))).toMatchObject({
      seen: 'unknown',
      cause: { code: 'dns' },
    });
    const unfindable = new Visibility({ dns, resolvers: [closed] });
    expect(await unfindable.lookAt(record('new'))).toMatchObject({ seen: 'unknown' });
  });

  test('finds the servers of the zone by a resolver', async () => {
    const { port = 0 } = first.server;
    const found = new Visibility({ dns, resolvers: [closed, first.server], port, leadsHome: true });
    expect(await found.lookAt(record('new'))).toEqual({ seen: 'nothing' });
    expect(await found.lookAt({ ...record('ns'), name: 'example.else' })).toMatchObject({
      seen: 'unknown',
      cause: { rcode: 'REFUSED' },
    });
  });
});

describe('waiting for a record', () => {
  test('ends when it is there', async () => {
    const waiting = visibility({ authorities: [first.server], interval: 20 });
    const seen = waiting.waitFor(record('soon'));
    await publishAt(first, record('soon'));
    await expect(seen).resolves.toBeUndefined();
  });

  test('ends with the patience, or when the authorization lapses', async () => {
    const clock = new ImpatientClock();
    const waiting = visibility({ clock, interval: 1_000, patience: 5_000 });
    await expect(waiting.waitFor(record('never'))).rejects.toMatchObject({ reason: 'not-visible' });
    expect(clock.slept).toHaveLength(5);
    const lapse = new Date(clock.now().getTime() + 2_500);
    await expect(waiting.waitFor(record('never'), lapse)).rejects.toMatchObject({
      reason: 'not-visible',
    });
    expect(clock.slept).toHaveLength(7);
  });

  test('ends by abort', async () => {
    const leaving = new AbortController();
    const seen = visibility({ interval: 60_000 }).waitFor(
      record('never'),
      undefined,
      leaving.signal,
    );
    setTimeout(() => leaving.abort(new Error('enough')), 50);
    await expect(seen).rejects.toThrow('enough');
  });
});

describe('a record that a person publishes', () => {
  class Desk implements RecordKeeper {
    readonly shown: TxtRecord[] = [];
    readonly released: TxtRecord[] = [];
    done = (): void => undefined;

    ask(each: TxtRecord, signal: AbortSignal): Promise<void> {
      this.shown.push(each);
      return new Promise((resolve, reject) => {
        this.done = resolve;
        signal.addEventListener('abort', () => reject(signal.reason as Error));
      });
    }

    release(each: TxtRecord): void {
      this.released.push(each);
    }
  }

  test('is shown until the person says that it is there', async () => {
    const keeper = new Desk();
    const published = new ByHandPublisher({ keeper }).publish(record('hand'));
    await expect.poll(() => keeper.shown).toEqual([record('hand')]);
    keeper.done();
    const { remove } = await published;
    expect(keeper.released).toEqual([]);
    await remove();
    expect(keeper.released).toEqual([record('hand')]);
  });

  test('needs no word when it can be seen', async () => {
    const keeper = new Desk();
    const watching = visibility({ authorities: [first.server], interval: 20 });
    const publisher = new ByHandPublisher({
      keeper,
      seen: (each, signal) => watching.waitFor(each, undefined, signal),
    });
    const published = publisher.publish(record('watched'));
    await publishAt(first, record('watched'));
    await expect(published).resolves.toBeDefined();
  });

  test('waits for the person although it was not seen in time', async () => {
    const keeper = new Desk();
    const seen = () => Promise.reject(new Error('not in time'));
    const published = new ByHandPublisher({ keeper, seen }).publish(record('slow'));
    await expect.poll(() => keeper.shown).toHaveLength(1);
    keeper.done();
    await expect(published).resolves.toBeDefined();
  });

  test('is released when the person leaves', async () => {
    const keeper = new Desk();
    const leaving = new AbortController();
    const published = new ByHandPublisher({ keeper }).publish(record('left'), leaving.signal);
    leaving.abort(new Error('enough'));
    await expect(published).rejects.toThrow('enough');
    expect(keeper.released).toEqual([record('left')]);
  });
});
