import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { certificateIdentifier } from '../../certificates/certificate-identifier.ts';
import { Applicant, errorOf } from '../../testing/applicant.ts';
import { LocalCa } from '../../testing/local-ca.ts';
import { RecordedHttp } from '../../testing/recorded-http.ts';
import { ScriptedAcme } from '../../testing/scripted-acme.ts';

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
