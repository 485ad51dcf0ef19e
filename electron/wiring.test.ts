import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Result } from '../shared/failure.ts';
import type { Handlers } from '../shared/ipc-contract.ts';
import type { PinQuestion, TokensView } from '../shared/models/token.ts';
import { environmentRoutes } from './http/environment-routes.ts';
import { openHouse, type House } from './house.ts';
import { openBorder } from './ipc/border.ts';
import { notifierFor } from './ipc/notifier.ts';
import { failureTranslator } from './ipc/to-failure.ts';
import { ForkedProcessLauncher } from './pkcs11/forked-process.ts';
import { linuxPlatform } from './platform/linux.ts';
import { report } from './report.ts';
import { ownBusAddress } from './testing/session-bus.ts';
import { SoftHsm } from './testing/tokens/soft-hsm.ts';
import { wire } from './wiring.ts';

/** Milliseconds: real modules in real processes on a busy machine. */
const patience = 120_000;
const pin = '472-right-815';
const wrongPin = '936-wrong-127';
const newPin = '158-newer-264';

let hsm: SoftHsm;
let directory: string;
let house: House;
let ask: (entry: string, request: object) => Promise<Result<unknown>>;
/** All that left for the page, and all that was reported. */
let told: { readonly channel: string; readonly payload: unknown }[];

beforeEach(async () => {
  hsm = await SoftHsm.create({ label: 'Alex’s card', pin });
  directory = mkdtempSync(path.join(tmpdir(), 'countersign-wiring-'));
  told = [];
  // Nobody keeps secrets here: keys on tokens need nobody who does.
  vi.stubEnv('DBUS_SESSION_BUS_ADDRESS', ownBusAddress());
  vi.spyOn(console, 'error').mockImplementation((...words) => {
    told.push({ channel: 'standard error', payload: words });
  });
  house = openHouse({
    version: '0.0.0',
    platform: linuxPlatform({ env: { HOME: directory }, osRelease: null }),
    directory: path.join(directory, 'wallet'),
    ...{ localCaPath: null, languages: ['en'], onlyModule: hsm.modulePath, installs: false },
    routesFor: environmentRoutes({}),
    launcher: new ForkedProcessLauncher({
      program: path.join(import.meta.dirname, 'pkcs11', 'process', 'program.ts'),
      env: { ...process.env, ...hsm.env },
    }),
    ...{ toFailure, report },
  });
  ask = pageOf(house);
});
afterEach(async () => {
  await house.close();
  await hsm.stop();
  rmSync(directory, { recursive: true });
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

const toFailure = failureTranslator((error) => report('an error that nobody foresaw', error));

/** The page of a house: what it asks goes through the border, and all that it hears is kept. */
function pageOf(opened: House): typeof ask {
  const send = (channel: string, payload: unknown) => void told.push({ channel, payload });
  const handlers: Handlers = wire(opened, {
    ...{ version: '0.0.0', localCaOffered: false, systemLanguages: () => ['en'] },
    notifier: notifierFor(() => ({ send }) as never),
    applyTheme: () => undefined,
    chooseProfileFile: () => Promise.resolve(null),
    chooseModule: () => Promise.resolve(null),
    chooseNetworkFile: () => Promise.resolve(null),
    chooseDocument: () => Promise.resolve(null),
    saveDocumentAs: () => Promise.resolve(null),
    save: () => Promise.resolve(false),
    notify: () => undefined,
    openExternal: () => Promise.resolve(),
    ...{ toFailure, report },
  });
  const doors = new Map<string, (event: null, request: unknown) => Promise<Result<unknown>>>();
  openBorder<null>(() => Promise.resolve(handlers), {
    handle: (channel, door) => doors.set(channel, door),
    isOurMainFrame: () => true,
    toFailure,
  });
  return async (entry, request) => {
    const answer = await doors.get(`wallet:token/${entry}`)?.(null, request);
    if (answer === undefined) throw new Error(`no door ${entry}`);
    told.push({ channel: entry, payload: answer });
    return answer;
  };
}

const octets = (text: string) => Uint8Array.from(Buffer.from(text));

function latest(): TokensView {
  const { payload } = told.findLast(({ channel }) => channel === 'wallet:token/changed') ?? {};
  return payload as TokensView;
}

/** The question that follows the one with this id. */
async function nextQuestion(after?: string): Promise<PinQuestion> {
  await expect
    .poll(() => latest().pinQuestion?.questionId ?? after, { timeout: patience })
    .not.toBe(after);
  const { pinQuestion } = latest();
  if (pinQuestion === null) throw new Error('there is no question');
  return pinQuestion;
}

/** As octets, base64, hex or text: however it could have got there. */
function expectUnsaid(...secrets: readonly string[]): void {
  const all = told.map(({ payload }) => JSON.stringify(payload)).join('\n');
  for (const secret of secrets) {
    const buffer = Buffer.from(secret);
    const list = buffer.toJSON().data.map(String);
    const forms = [secret, buffer.toString('hex'), buffer.toString('base64'), list.join(',')];
    for (const form of forms) expect(all).not.toContain(form);
  }
}

describe('a wired house with a token', { timeout: patience }, () => {
  it('loads no module before somebody looks, and tells of what is there once somebody has', async () => {
    expect(house.tokens.status).toBe('not-looked');
    expect(await ask('watch', {})).toEqual({ ok: true, value: undefined });
    await expect.poll(() => latest().status).toBe('ready');
    const { modules } = latest();
    const labels = modules.flatMap(({ readers }) => readers.map(({ token }) => token?.label));
    expect(labels).toContain('Alex’s card');
  });

  it('asks for a PIN by a question, and says no PIN to anybody, wrong or right', async () => {
    await ask('watch', {});
    const { tokenId } = latestToken();
    const token = house.tokens.referenceOf(tokenId);
    const making = house.keys.ensure(
      { id: randomUUID(), type: 'P-256', home: { place: 'token', token }, label: 'key' },
      { reason: 'make-key', owner: 'test' },
    );
    const first = await nextQuestion();
    expect(first).toMatchObject({
      reason: 'make-key',
      login: 'pin',
      token: { label: 'Alex’s card' },
    });
    const answer = (questionId: string, text: string) =>
      ask('answerPin', { questionId, pin: octets(text), acceptFinalTry: false });
    await answer(first.questionId, wrongPin);
    const second = await nextQuestion(first.questionId);
    expect(second.failure).toMatchObject({ code: 'token', reason: 'pin-incorrect' });
    await answer(second.questionId, pin);
    await making;
    expect(await answer(second.questionId, pin)).toMatchObject({ ok: false });
    expectUnsaid(pin, wrongPin);
  });

  it('changes a PIN, and says neither the one before nor the new one', async () => {
    await ask('watch', {});
    const { tokenId } = latestToken();
    const change = (from: string) => {
      const request = { tokenId, pin: octets(from), newPin: octets(newPin), acceptFinalTry: false };
      return ask('changePin', request).then((answer) => ({ answer, request }));
    };
    const refused = await change(wrongPin);
    expect(refused.answer).toMatchObject({ ok: false, failure: { reason: 'pin-incorrect' } });
    const { answer, request } = await change(pin);
    expect(answer).toEqual({ ok: true, value: undefined });
    expect([...request.pin, ...request.newPin].every((octet) => octet === 0)).toBe(true);
    expect((await change(pin)).answer).toMatchObject({ ok: false });
    expectUnsaid(pin, wrongPin, newPin);
    expect(house.wallet.activity.entries({}).map(({ event }) => event)).toContain(
      'token-pin-changed',
    );
  });

  it('holds a token against an offer only of an organisation that was joined', async () => {
    const request = { organizationId: 'nobody', offerId: 'nothing' };
    expect(await ask('compatibility', request)).toEqual({
      ok: false,
      failure: { code: 'not-found' },
    });
  });
});

function latestToken() {
  const found = house.tokenCare.modules
    .flatMap(({ readers }) => readers.flatMap(({ token }) => token ?? []))
    .find(({ serial }) => serial === hsm.token.serial);
  if (found === undefined) throw new Error('the token is not there');
  return found;
}
