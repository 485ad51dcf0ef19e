import { describe, expect, it } from 'vitest';
import { HttpError, type HttpClient, type HttpRequest } from '../http/http-client.ts';
import { maximumProfileSize } from './profile.ts';
import { profileSource } from './profile-source.ts';

const url = 'https://ca.example.test:14000/profile';
const signal = new AbortController().signal;

/** A network that answers everything with one status, and remembers who was asked for what. */
function network(status: number, body = 'signed') {
  const asked: { readonly by: string; readonly request: HttpRequest }[] = [];
  const client = (by: string): Pick<HttpClient, 'request'> => ({
    request: (request) => {
      asked.push({ by, request });
      const headers = { get: () => null };
      return Promise.resolve({ url, status, headers, body: Buffer.from(body) });
    },
  });
  const fetchProfile = profileSource({
    http: client('somebody known'),
    unauthenticatedHttp: client('anybody'),
    isKnownOrigin: (origin) => origin === 'https://known.example.test',
  });
  return { asked, fetchProfile };
}

describe('profileSource', () => {
  it('asks a stranger without asking who it is, within bounds', async () => {
    const { asked, fetchProfile } = network(200);
    expect(await fetchProfile(url, signal)).toBe('signed');
    expect(asked).toMatchObject([
      { by: 'anybody', request: { method: 'GET', url, signal, maximumSize: maximumProfileSize } },
    ]);
    expect(asked[0]?.request.timeout).toBeLessThanOrEqual(30_000);
  });

  it('asks the server of a joined organisation under its roots, at that very port', async () => {
    const { asked, fetchProfile } = network(200);
    await fetchProfile('https://known.example.test/profile', signal);
    await fetchProfile('https://known.example.test:444/profile', signal);
    expect(asked.map(({ by }) => by)).toEqual(['somebody known', 'anybody']);
  });

  it.each([404, 410])('takes status %i for "no profile here"', async (status) => {
    await expect(network(status).fetchProfile(url, signal)).rejects.toMatchObject({
      code: 'profile',
      reason: 'not-a-profile',
    });
  });

  it.each([204, 301, 302, 401, 403, 500, 503])(
    'does not know what to do with status %i',
    async (status) => {
      const answer = network(status).fetchProfile(url, signal);
      await expect(answer).rejects.toBeInstanceOf(HttpError);
      await expect(answer).rejects.toMatchObject({
        reason: 'response-malformed',
        host: 'ca.example.test:14000',
      });
    },
  );
});
