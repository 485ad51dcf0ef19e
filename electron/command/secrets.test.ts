import { closeSync, openSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PinRequest } from '../keys/pin.ts';
import { GivenPin } from './given-pin.ts';
import { SecretLines } from './secret-lines.ts';

let directory: string;
let descriptor: number | undefined;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'countersign-lines-'));
});
afterEach(async () => {
  if (descriptor !== undefined) closeSync(descriptor);
  descriptor = undefined;
  await rm(directory, { recursive: true });
});

async function linesOf(content: string | Uint8Array, most?: number): Promise<SecretLines> {
  const file = join(directory, 'lines');
  await writeFile(file, content);
  descriptor = openSync(file, 'r');
  return new SecretLines(descriptor, most);
}

const textOf = (octets: Uint8Array | null) => octets && Buffer.from(octets).toString();

describe('lines of secrets', () => {
  it.each([
    ['1234\n5678\n', ['1234', '5678', null]],
    ['1234', ['1234', null]],
    ['1234\r\n5678\r\n', ['1234', '5678', null]],
    ['\n\n', ['', '', null]],
    ['', [null]],
    [' 12 34 \n', [' 12 34 ', null]],
    ['pässwort\n', ['pässwort', null]],
  ])('of %j are %j', async (content, expected) => {
    const lines = await linesOf(content);
    for (const line of expected) expect(textOf(await lines.next())).toBe(line);
  });

  it('may have every octet but a newline', async () => {
    const octets = Uint8Array.from({ length: 255 }, (_, index) => (index < 10 ? index : index + 1));
    const lines = await linesOf(octets);
    expect(await lines.next()).toEqual(octets);
  });

  it('are bounded', async () => {
    expect(textOf(await (await linesOf('1234\n', 4)).next())).toBe('1234');
    await expect((await linesOf('12345\n', 4)).next()).rejects.toThrow(
      expect.objectContaining({ code: 'line-too-long' }),
    );
    await expect((await linesOf('123456789', 4)).next()).rejects.toThrow();
  });

  it('of a descriptor that is not open fail', async () => {
    await expect(new SecretLines(987).next()).rejects.toThrow(
      expect.objectContaining({ code: 'EBADF' }),
    );
  });
});

describe('a PIN that was given', () => {
  const request: PinRequest = {
    token: {
      label: 'card',
      manufacturer: '',
      model: '',
      serial: '1',
      reader: 'reader',
      kind: 'token',
    },
    ...{ moduleName: 'module', reason: 'make-key', login: 'pin', pin: 'ok' },
    pinLength: { min: 4, max: 8 },
  };
  const pad: string[] = [];

  function given(lines: readonly string[] | null, acceptFinalTry = false) {
    const left = lines?.map((line) => Uint8Array.from(Buffer.from(line)));
    const all = [...(left ?? [])];
    const pin = new GivenPin({
      lines: left ? { next: () => Promise.resolve(left.shift() ?? null) } : null,
      acceptFinalTry,
      sayPinPad: ({ token }) => pad.push(token.reader),
    });
    return { pin, all };
  }

  const refusal = (reason: string) =>
    expect.objectContaining({
      code: 'token',
      reason,
      facts: { reason, module: 'module', token: 'card' },
    }) as Error;

  it('is given to each who asks, as octets of their own, and is overwritten at the end', async () => {
    const { pin, all } = given(['123456', 'not read']);
    const first = await pin.ask(request);
    first.pin?.fill(0);
    expect(textOf((await pin.ask(request)).pin)).toBe('123456');
    pin.close();
    expect(all[0]).toEqual(new Uint8Array(6));
  });

  it('is the first token’s that asks, and no try of another is spent on it', async () => {
    const others = [
      { ...request, token: { ...request.token, serial: '2' } },
      { ...request, token: { ...request.token, manufacturer: 'another' } },
      { ...request, moduleName: 'another' },
    ];
    const { pin } = given(['123456']);
    await pin.ask(request);
    for (const other of others) {
      await expect(pin.ask(other)).rejects.toMatchObject({ reason: 'pin-needed' });
    }
    const renamed = { ...request, token: { ...request.token, label: 'after its certificate' } };
    expect(textOf((await pin.ask(renamed)).pin)).toBe('123456');
  });

  it('is the chosen token’s alone, whoever asks first', async () => {
    const account = { ...request, token: { ...request.token, serial: '2' } };
    const { pin } = given(['123456']);
    pin.bindTo({ ...request.token, moduleName: 'module' });
    await expect(pin.ask(account)).rejects.toThrow(refusal('pin-needed'));
    expect(textOf((await pin.ask(request)).pin)).toBe('123456');
  });

  it('goes by the label too where serial numbers tell nothing', async () => {
    const chip = { ...request, token: { ...request.token, serial: '0000000000000000' } };
    const { pin } = given(['123456']);
    await pin.ask(chip);
    const other = { ...chip, token: { ...chip.token, label: 'other' } };
    await expect(pin.ask(other)).rejects.toMatchObject({ reason: 'pin-needed' });
  });

  it('is not waited for by whoever stops, and is overwritten when it comes late', async () => {
    const late = Promise.withResolvers<Uint8Array | null>();
    const pin = new GivenPin({
      ...{ lines: { next: () => late.promise }, acceptFinalTry: false, sayPinPad: () => undefined },
    });
    const stopping = new AbortController();
    const asked = pin.ask(request, stopping.signal);
    stopping.abort();
    await expect(asked).rejects.toMatchObject({ name: 'AbortError' });
    pin.close();
    const line = Uint8Array.from(Buffer.from('123456'));
    late.resolve(line);
    await expect.poll(() => line).toEqual(new Uint8Array(6));
  });

  it('is not tried again once a token refused it', async () => {
    const { pin } = given(['123456']);
    await pin.ask(request);
    const failure = { code: 'token', reason: 'pin-incorrect', module: 'module' } as const;
    await expect(pin.ask({ ...request, failure })).rejects.toThrow(refusal('pin-incorrect'));
    await expect(pin.ask(request)).rejects.toThrow(refusal('pin-incorrect'));
  });

  it('spends no final try unless that was accepted', async () => {
    const last = { ...request, pin: 'final-try' } as const;
    await expect(given(['123456']).pin.ask(last)).rejects.toThrow(refusal('final-try'));
    expect(await given(['123456'], true).pin.ask(last)).toMatchObject({ acceptFinalTry: true });
  });

  it.each([[null], [[]], [['']]])('is missed when there is none (%j)', async (lines) => {
    await expect(given(lines).pin.ask(request)).rejects.toThrow(refusal('pin-needed'));
  });

  it('is typed on the reader where that has keys', async () => {
    const answer = await given(null).pin.ask({ ...request, login: 'pin-pad' });
    expect([answer.pin, pad.splice(0)]).toEqual([null, ['reader']]);
  });

  it('is asked of nobody who has stopped', async () => {
    await expect(given(['123456']).pin.ask(request, AbortSignal.abort())).rejects.toThrow(
      expect.objectContaining({ name: 'AbortError' }),
    );
  });
});
