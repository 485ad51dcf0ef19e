import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { certificateIdentifier } from '../../certificates/certificate-identifier.ts';
import { Applicant, errorOf } from '../../testing/applicant.ts';
import { ImpatientClock, LocalCa } from '../../testing/local-ca.ts';
import { RecordedHttp } from '../../testing/recorded-http.ts';
import { ScriptedAcme } from '../../testing/scripted-acme.ts';
import { renewDue, type RenewalOptions } from '../../renewal/renewal-schedule.ts';
import { newRenewal } from '../../renewal/renewal-state.ts';
import { RenewalMap } from '../../renewal/renewal-store.ts';

let local: LocalCa;
let acme: ScriptedAcme;
beforeAll(async () => {
  local = await LocalCa.start();
  acme = await ScriptedAcme.create();
});
afterEach(() => acme.close());
afterAll(() => local.stop());

describe('renewal information', () => {
  test('is asked for by the certificate’s identifier, without padding and without the account', async () => {
    const http = new RecordedHttp(local.http);
    const alex = new Applicant(local, await local.join({ http }));
    const { certificate = '' } = await alex.issued();
    const { chain } = await alex.client.certificates.download(certificate);
    const identifier = certificateIdentifier(chain[0] ?? '') ?? '';
    const { suggestedWindow } = await alex.client.renewalInfo.fetch(identifier);
    expect(suggestedWindow.end.getTime()).toBeGreaterThan(suggestedWindow.start.getTime());
    const asked = http.requests.at(-1);
    expect(asked).toMatchObject({
      method: 'GET',
      url: `${alex.client.directory.renewalInfo ?? ''}/${identifier}`,
    });
    expect(asked?.body).toBeUndefined();
    expect(identifier).toMatch(/^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/);
  });

  const times = ['2031-01-02T04:00:00Z', '2031-01-03T04:00:00Z'] as const;
  const ask = async (suggestedWindow: unknown) => {
    const client = await acme.connect(({ path }) =>
      path.startsWith('/renewal-info/') ? { body: { suggestedWindow } } : undefined,
    );
    return client.renewalInfo.fetch('aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE');
  };

  test('of a window that ends after it begins is taken', async () => {
    const [start, end] = times;
    expect((await ask({ start, end })).suggestedWindow).toEqual({
      start: new Date(start),
      end: new Date(end),
    });
  });

  test.each([
    ['before it begins', { start: times[1], end: times[0] }],
    ['when it begins', { start: times[0], end: times[0] }],
    ['when it begins, in another time zone', { start: times[0], end: '2031-01-02T05:00:00+01:00' }],
  ])('of a window that ends %s is as good as none', async (_title, window) => {
    expect(await errorOf(ask(window))).toMatchObject({
      code: 'acme-protocol',
      reason: 'renewal-info-malformed',
    });
  });
});

describe('a certificate', () => {
  const hour = 3_600_000;

  /** Asks every two hours; would like to be renewed late in the last hours of the certificate's life. */
  function world() {
    const clock = new ImpatientClock();
    const begun = clock.now().getTime();
    const at = (hours: number): Date => new Date(begun + hours * hour);
    const fallback = { start: at(8).toISOString(), end: at(9).toISOString() };
    const moment = { now: clock.now(), random: () => 0.5 };
    const renewal = { certificateIdentifier: 'a.b', notAfter: at(10), fallback };
    const store = new RenewalMap([{ id: 'one', state: newRenewal(renewal, moment) }]);
    const asked: Date[] = [];
    const renewed: Date[] = [];
    const options: RenewalOptions = {
      store,
      clock,
      concurrency: 1,
      random: () => 0.5,
      report: () => undefined,
      ask: () => {
        asked.push(clock.now());
        return Promise.resolve({
          suggestedWindow: { start: at(8), end: at(9) },
          explanationUrl: undefined,
          retryAfter: new Date(clock.now().getTime() + 2 * hour),
        });
      },
      renew: () => {
        renewed.push(clock.now());
        return Promise.resolve();
      },
    };
    const runAt = async (hours: number): Promise<void> => {
      clock.set(at(hours));
      await renewDue(options, new AbortController().signal);
    };
    return { asked, renewed, runAt, at };
  }

  test('is not asked about any more when it was replaced', async () => {
    const { asked, renewed, runAt, at } = world();
    for (let hours = 0; hours <= 12; hours += 0.5) await runAt(hours);
    expect(renewed).toEqual([at(8.5)]);
    expect(asked).toEqual([0, 2, 4, 6, 8].map(at));
  });

  test('that expired while the computer slept is not asked about, but replaced', async () => {
    const { asked, renewed, runAt, at } = world();
    await runAt(0);
    await runAt(11);
    expect(asked).toEqual([at(0)]);
    expect(renewed).toEqual([at(11)]);
  });
});
