import { expect, it } from 'vitest';
import type { HttpClient } from '../http/http-client.ts';
import { ServerTime } from './server-time.ts';

function answering(date: string | null): HttpClient {
  return {
    request: ({ url }) =>
      Promise.resolve({
        url,
        status: 200,
        headers: { get: (name) => (name === 'date' ? date : null) },
        body: new Uint8Array(),
      }),
    close: () => undefined,
  };
}

/** A clock that ticks so many seconds with each look. */
function ticking(seconds: number): () => Date {
  let time = Date.parse('2026-11-22T10:00:00Z') - seconds * 1000;
  return () => new Date((time += seconds * 1000));
}

const request = { method: 'GET', url: 'https://ca.example/' } as const;

it.each([
  ['Sun, 22 Nov 2026 10:00:00 GMT', 0],
  ['Sun, 22 Nov 2026 09:50:00 GMT', 600],
  ['Sun, 22 Nov 2026 10:06:00 GMT', -360],
])('a server that says %s makes this clock %i seconds fast', async (date, skew) => {
  const time = new ServerTime(answering(date), ticking(0));
  await time.request(request);
  expect(time.skewSeconds).toBe(skew);
});

it('half the time that the answer took is its way here', async () => {
  const time = new ServerTime(answering('Sun, 22 Nov 2026 10:00:10 GMT'), ticking(20));
  await time.request(request);
  expect(time.skewSeconds).toBe(0);
});

it.each([null, '', 'yesterday'])('a server that says "%s" says nothing', async (date) => {
  const time = new ServerTime(answering(date), ticking(0));
  await time.request(request);
  expect(time.skewSeconds).toBeUndefined();
});
