import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { environmentRoutes, withCredentials } from './environment-routes.ts';

const direct = { kind: 'direct' } as const;
const proxy = { kind: 'http', host: 'proxy.example', port: 3128 } as const;
const https_proxy = 'http://proxy.example:3128';

async function routeTo(origin: string, environment: Record<string, string>): Promise<unknown> {
  const routes = await environmentRoutes(environment)(origin);
  expect(routes).toHaveLength(1);
  return routes[0];
}

describe('the proxy of the environment', () => {
  test.each<[string, Record<string, string>, unknown]>([
    ['no variable', {}, direct],
    ['an empty variable', { https_proxy: '' }, direct],
    ['https_proxy', { https_proxy }, proxy],
    ['HTTPS_PROXY', { HTTPS_PROXY: https_proxy }, proxy],
    ['both, of which small letters count', { https_proxy, HTTPS_PROXY: 'other:1' }, proxy],
    ['an empty one, which counts before capitals', { https_proxy: '', HTTPS_PROXY: 'a:1' }, direct],
    ['all_proxy', { all_proxy: https_proxy }, proxy],
    ['https_proxy before all_proxy', { https_proxy, all_proxy: 'other:1' }, proxy],
    ['http_proxy, which is for other URLs', { http_proxy: https_proxy }, direct],
    ['a host without scheme', { https_proxy: 'proxy.example:3128' }, proxy],
    ['a host without port', { https_proxy: 'http://a' }, { kind: 'http', host: 'a', port: 80 }],
    ['TLS', { https_proxy: 'https://a' }, { kind: 'https', host: 'a', port: 443 }],
    ['SOCKS', { all_proxy: 'socks5h://a' }, { kind: 'socks5', host: 'a', port: 1080 }],
    ['IPv6', { https_proxy: 'http://[::1]:8' }, { kind: 'http', host: '::1', port: 8 }],
    [
      'credentials',
      { https_proxy: 'http://al%40ex:p%3Aw@proxy.example:3128' },
      { ...proxy, credentials: { username: 'al@ex', password: 'p:w' } },
    ],
  ])('is taken from %s', async (_name, environment, route) => {
    expect(await routeTo('https://ca.example', environment)).toEqual(route);
  });

  test.each(['http://', '://', 'ftp://a:1', 'http://a:99999', 'http://s3cret%ff@a'])(
    'is an error without the value when nobody understands it: %s',
    (value) => {
      let error: unknown;
      try {
        environmentRoutes({ HTTPS_PROXY: value });
      } catch (thrown) {
        error = thrown;
      }
      expect(error).toMatchObject({ code: 'proxy-setting', variable: 'HTTPS_PROXY' });
      expect(inspect(error)).not.toContain('s3cret');
    },
  );
});

test('credentials of the environment are for the proxies that it names, and for no others', async () => {
  const socks = { kind: 'socks5', host: 'proxy.example', port: 3128 } as const;
  const others = [{ ...proxy, port: 3129 }, { ...proxy, host: 'other' }, socks, direct] as const;
  const routesFor = () => Promise.resolve([proxy, ...others]);
  const environment = { https_proxy: 'http://alex:secret@proxy.example:3128' };
  const credentials = { username: 'alex', password: 'secret' };
  expect(await withCredentials(routesFor, environment)('https://ca.example')).toEqual([
    { ...proxy, credentials },
    ...others,
  ]);
  const broken = withCredentials(routesFor, { https_proxy: 'ftp://a:1' });
  expect(await broken('https://ca.example')).toEqual([proxy, ...others]);
});

describe('an exception', () => {
  test.each([
    ['*', 'https://ca.example'],
    ['ca.example', 'https://ca.example'],
    ['CA.example.', 'https://ca.example'],
    ['example', 'https://ca.example'],
    ['.example', 'https://ca.example'],
    ['*.example', 'https://ca.example'],
    ['other, ca.example', 'https://ca.example'],
    ['other ca.example', 'https://ca.example'],
    ['ca.example:443', 'https://ca.example'],
    ['ca.example:8443', 'https://ca.example:8443'],
    ['ca.example', 'https://ca.example.'],
    ['192.0.2.7', 'https://192.0.2.7'],
    ['192.0.2.0/24', 'https://192.0.2.7:14000'],
    ['2001:db8::/32', 'https://[2001:db8::7]'],
    ['[2001:db8::7]', 'https://[2001:db8::7]'],
    ['[2001:db8::7]:443', 'https://[2001:db8::7]'],
  ])('%j spares %s', async (no_proxy, origin) => {
    expect(await routeTo(origin, { https_proxy, no_proxy })).toEqual(direct);
    expect(await routeTo(origin, { https_proxy, NO_PROXY: no_proxy })).toEqual(direct);
  });

  test.each([
    ['', 'https://ca.example'],
    [',, ,', 'https://ca.example'],
    ['.', 'https://ca.example'],
    ['a.example', 'https://ca.example'],
    ['xample', 'https://ca.example'],
    ['ca.example:80', 'https://ca.example'],
    ['192.0.2.0/24', 'https://192.0.3.7'],
    ['192.0.2.0/99', 'https://192.0.2.7'],
    ['192.0.2.0/x', 'https://192.0.2.7'],
    ['2.7', 'https://192.0.2.7'],
    ['::/0', 'https://192.0.2.7'],
  ])('%j does not spare %s', async (no_proxy, origin) => {
    expect(await routeTo(origin, { https_proxy, no_proxy })).toEqual(proxy);
  });

  test.each([
    'https://localhost:14000',
    'https://ca.localhost',
    'https://127.1.2.3',
    'https://[::1]',
  ])('is made for this computer, %s, unless it is configured otherwise', async (origin) => {
    expect(await routeTo(origin, { https_proxy })).toEqual(direct);
    expect(await routeTo(origin, { https_proxy, no_proxy: 'a, <-loopback>' })).toEqual(proxy);
  });
});
