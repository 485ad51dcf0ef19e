import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchFixture, type Fixture } from './testing/fixture.ts';

type Api = {
  invoke: (channel: string, value?: unknown) => Promise<unknown>;
  say: (...values: unknown[]) => void;
  onAnswer: (listener: (...values: unknown[]) => void) => () => void;
  fail: (kind: 'sync' | 'async') => Promise<never>;
  same: <T>(value: T) => T;
  call: <T>(callback: (...values: unknown[]) => T, ...values: unknown[]) => T;
  emitTwice: (listener: (value: number) => void) => void;
  platform: string;
  nested: { list: number[]; date: Date };
  requireFs: () => void;
  sendSync: () => void;
};
declare global {
  interface Window {
    fixture: Api;
  }
}

let fixture: Fixture;
beforeAll(async () => {
  fixture = await launchFixture();
});
afterAll(() => fixture[Symbol.asyncDispose]());

describe('the API that a preload exposes', { timeout: 180_000 }, () => {
  it('is frozen all the way down and cannot be replaced', async () => {
    const seen = await fixture.window.evaluate(() => {
      'use strict';
      const attempt = (change: () => void) => {
        try {
          change();
          return 'changed';
        } catch (error) {
          return (error as Error).name;
        }
      };
      return [
        attempt(() => (window.fixture = {} as Api)),
        attempt(() => (window.fixture.invoke = () => Promise.resolve())),
        attempt(() => window.fixture.nested.list.push(3)),
        Reflect.deleteProperty(window, 'fixture'),
        Object.isFrozen(window.fixture.nested),
        window.fixture.nested.date instanceof Date,
      ];
    });
    expect(seen).toStrictEqual(['TypeError', 'TypeError', 'TypeError', false, true, true]);
  });

  it('carries values across as copies of the page’s own kind', async () => {
    const seen = await fixture.window.evaluate(() => {
      const { same } = window.fixture;
      const original = {
        list: [1],
        date: new Date(7),
        map: new Map([[1, 2]]),
        big: 1n,
        none: undefined,
      };
      const copy = same(original);
      class Point {
        x = 1;
      }
      const cycle: { self?: unknown } = {};
      cycle.self = cycle;
      const cycled = same(cycle);
      return {
        isCopy: copy !== original && copy.list !== original.list,
        kinds: [copy.list instanceof Array, copy.date instanceof Date, copy.map instanceof Map],
        values: [copy.date.getTime(), copy.map.get(1), copy.big === 1n, 'none' in copy],
        instance: [same(new Point()) instanceof Point, same(new Point()).x],
        bytes: [...same(new Uint8Array([1, 2]))],
        cycled: cycled.self === cycled,
        error: [same(new RangeError('r')) instanceof RangeError, same(new RangeError('r')).message],
      };
    });
    expect(seen).toStrictEqual({
      isCopy: true,
      kinds: [true, true, true],
      values: [7, 2, true, true],
      instance: [false, 1],
      bytes: [1, 2],
      cycled: true,
      error: [false, 'r'],
    });
  });

  it('throws and rejects with the message of the preload’s error', async () => {
    const seen = await fixture.window.evaluate(async () => {
      const describeError = (error: unknown) => [error instanceof Error, (error as Error).message];
      let thrown: unknown;
      try {
        void window.fixture.fail('sync');
      } catch (error) {
        thrown = describeError(error);
      }
      const rejected = await window.fixture.fail('async').catch(describeError);
      const own = window.fixture.same(Promise.reject(new Error('mine')));
      return { thrown, rejected, returned: await own.catch(describeError) };
    });
    expect(seen).toStrictEqual({
      thrown: [true, 'not in range'],
      rejected: [true, 'not a type'],
      returned: [true, 'mine'],
    });
  });

  it('calls the page’s functions at once, and hands their errors to the preload and back', async () => {
    const seen = await fixture.window.evaluate(() => {
      const { call, emitTwice, same } = window.fixture;
      const heard: number[] = [];
      emitTwice((value) => heard.push(value));
      let thrown = '';
      try {
        call(() => {
          throw new Error('from the page');
        });
      } catch (error) {
        thrown = (error as Error).message;
      }
      const twice = (value: unknown) => (value as number) * 2;
      return { result: call(twice, 21), heard, thrown, higher: same(same(twice))(4) };
    });
    expect(seen).toStrictEqual({ result: 42, heard: [1], thrown: 'from the page', higher: 8 });
  });

  it('refuses what cannot be cloned, without losing the bridge', async () => {
    const messages = await fixture.window.evaluate(() => {
      const { same } = window.fixture;
      const attempt = (value: unknown) => {
        try {
          return same(value) === undefined;
        } catch (error) {
          return (error as Error).message;
        }
      };
      return [
        attempt(Symbol('s')),
        attempt(new WeakMap()),
        attempt(new Map([[1, () => 1]])),
        same(1),
      ];
    });
    expect(messages[0]).toBe('A symbol cannot cross the context bridge.');
    expect(messages[1]).toContain('could not be cloned');
    expect(messages[2]).toContain('could not be cloned');
    expect(messages[3]).toBe(1);
  });

  it('lets a sandboxed preload have what Electron lets it have', async () => {
    const seen = await fixture.window.evaluate(() => {
      const attempt = (run: () => void) => {
        try {
          run();
          return 'worked';
        } catch (error) {
          return (error as Error).message;
        }
      };
      const { platform, requireFs, sendSync } = window.fixture;
      return { platform, fs: attempt(requireFs), sync: attempt(sendSync) };
    });
    expect(seen).toStrictEqual({
      platform: process.platform,
      fs: 'module not found: fs',
      sync: 'stand-in: ipcRenderer.sendSync is not supported',
    });
  });
});

describe('IPC', { timeout: 180_000 }, () => {
  it('carries structured values to a handler and back', async () => {
    const seen = await fixture.window.evaluate(async () => {
      const sent = {
        date: new Date(3),
        map: new Map([['k', new Set([1])]]),
        bytes: new Uint8Array([9, 8]),
        none: undefined,
        nan: NaN,
        big: 5n,
      };
      const got = (await window.fixture.invoke('echo', sent)) as typeof sent;
      return [
        got.date.getTime(),
        [...(got.map.get('k') ?? [])],
        [...got.bytes],
        'none' in got && typeof got.none,
        Number.isNaN(got.nan),
        got.big === 5n,
      ];
    });
    expect(seen).toStrictEqual([3, [1], [9, 8], 'undefined', true, true]);
  });

  it('fails with Electron’s words', async () => {
    const messages = await fixture.window.evaluate(() =>
      Promise.all(
        ['fail', 'unknown', 'function'].map((channel) =>
          window.fixture.invoke(channel).then(String, (error: unknown) => (error as Error).message),
        ),
      ),
    );
    expect(messages).toStrictEqual([
      "Error invoking remote method 'fail': RangeError: too much",
      "Error invoking remote method 'unknown': Error: No handler registered for 'unknown'",
      "Error invoking remote method 'function': Error: An object could not be cloned.",
    ]);
  });

  it('tells the handler who asks', async () => {
    const sender = await fixture.window.evaluate(() => {
      history.replaceState(null, '', '/index.html?state=1');
      return window.fixture.invoke('sender');
    });
    expect(sender).toStrictEqual({
      url: 'app://fixture/index.html?state=1',
      origin: 'app://fixture',
      isMainFrame: true,
    });
  });

  it('sends both ways, to listeners that can be taken off again', async () => {
    const heard = await fixture.window.evaluate(async () => {
      const { say, onAnswer, invoke } = window.fixture;
      const lines: unknown[][] = [];
      const stop = onAnswer((...values) => lines.push(values));
      say('a', 'b');
      await invoke('echo');
      stop();
      say('c', 'd');
      await invoke('echo');
      return lines;
    });
    expect(heard).toStrictEqual([['b', 'a']]);
  });

  it('keeps a thousand calls apart', async () => {
    const sum = await fixture.window.evaluate(async () => {
      const calls = Array.from({ length: 1000 }, (_, index) =>
        window.fixture.invoke('echo', index),
      );
      const results = await Promise.all(calls);
      return results.filter((value, index) => value === index).length;
    });
    expect(sum).toBe(1000);
  });

  it('carries a megabyte', async () => {
    const seen = await fixture.window.evaluate(async () => {
      const bytes = new Uint8Array(1_000_000).map((_, index) => index % 251);
      const back = (await window.fixture.invoke('echo', bytes)) as Uint8Array;
      return back.length === bytes.length && back.every((value, index) => value === index % 251);
    });
    expect(seen).toBe(true);
  });

  it('works in the next document as in the first', async () => {
    await fixture.window.reload();
    await fixture.window.getByText('hello from afar').waitFor();
    await expect(
      fixture.window.evaluate(() => window.fixture.invoke('echo', 'again')),
    ).resolves.toBe('again');
  });
});

describe('a hostile page', { timeout: 180_000 }, () => {
  it('finds nothing of the bridge and cannot get hold of it', async () => {
    const seen = await fixture.window.evaluate(async () => {
      const caught: string[] = [];
      const { apply } = Reflect;
      const { defineProperty } = Object;
      const spy = (target: object, name: PropertyKey, label: string) => {
        const original = Reflect.get(target, name) as (...values: unknown[]) => unknown;
        defineProperty(target, name, {
          configurable: true,
          writable: true,
          value(this: unknown, ...values: unknown[]) {
            if (spying) caught[caught.length] = label;
            return apply(original, this, values);
          },
        });
      };
      let spying = false;
      spy(EventTarget.prototype, 'dispatchEvent', 'dispatchEvent');
      spy(EventTarget.prototype, 'addEventListener', 'addEventListener');
      spy(Map.prototype, 'get', 'Map.get');
      spy(Map.prototype, 'set', 'Map.set');
      spy(Array.prototype, 'push', 'push');
      spy(Array.prototype, Symbol.iterator, 'iterator');
      spy(Object, 'defineProperty', 'defineProperty');
      spy(Reflect, 'apply', 'apply');
      const NativeEvent = window.CustomEvent;
      window.CustomEvent = class extends NativeEvent<unknown> {
        constructor(type: string, init?: CustomEventInit) {
          super(type, init);
          caught.push('CustomEvent');
        }
      } as typeof CustomEvent;
      Object.defineProperty(Object.prototype, 'bubbles', {
        configurable: true,
        get() {
          if (spying) caught[caught.length] = 'bubbles';
          return undefined;
        },
      });
      Object.defineProperty(Array.prototype, '0', {
        configurable: true,
        set() {
          if (spying) caught[caught.length] = 'setter 0';
        },
      });
      const { same, call } = window.fixture;
      spying = true;
      const results = [same('x'), call((value) => value, 'y')];
      spying = false;
      Reflect.deleteProperty(Array.prototype, '0');
      Reflect.deleteProperty(Object.prototype, 'bubbles');
      const invoked = await window.fixture.invoke('echo', 'z');
      return { caught, results, invoked };
    });
    expect(seen).toStrictEqual({ caught: [], results: ['x', 'y'], invoked: 'z' });
  });

  it('sees no global of the stand-in’s', async () => {
    const names = await fixture.window.evaluate(() =>
      Object.getOwnPropertyNames(window).filter((name) =>
        /stand|send-|fixture|electron/i.test(name),
      ),
    );
    expect(names).toStrictEqual(['fixture']);
    const source = await fixture.window.evaluate(() => String(window.fixture.invoke));
    expect(source).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}/);
  });
});
