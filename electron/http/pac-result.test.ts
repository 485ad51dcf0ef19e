import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { routesOfPac } from './pac-result.ts';

const direct = { kind: 'direct' };

describe('the answer of a PAC script', () => {
  test.each([
    ['DIRECT', [direct]],
    ['PROXY proxy.example:3128', [{ kind: 'http', host: 'proxy.example', port: 3128 }]],
    ['HTTP proxy.example:3128', [{ kind: 'http', host: 'proxy.example', port: 3128 }]],
    ['HTTPS proxy.example', [{ kind: 'https', host: 'proxy.example', port: 443 }]],
    ['SOCKS5 10.0.0.1', [{ kind: 'socks5', host: '10.0.0.1', port: 1080 }]],
    ['SOCKS [2001:db8::1]:1081', [{ kind: 'socks5', host: '2001:db8::1', port: 1081 }]],
    [' proxy\ta:1 ;; direct; ', [{ kind: 'http', host: 'a', port: 1 }, direct]],
  ])('%j names these ways, in this order', (result, routes) => {
    expect(routesOfPac(result)).toEqual(routes);
  });

  test.each([
    '',
    ';;;',
    'PROXY',
    'PROXY a:0',
    'PROXY a:65536',
    'PROXY a:b',
    'PROXY a b:1',
    'PROXY user:password@a:1',
    'PROXY http://a:1',
    'PROXY 2001:db8::1',
    'QUIC a:1',
    'constructor a:1',
    'DIRECTLY',
    'PROXY a:1\r\nX: y',
  ])('%j names none, and then the way is straight', (result) => {
    expect(routesOfPac(result)).toEqual([direct]);
  });

  test('leaves out what it cannot read and keeps the rest', () => {
    expect(routesOfPac('QUIC q:1; PROXY a:1; nonsense; DIRECT')).toEqual([
      { kind: 'http', host: 'a', port: 1 },
      direct,
    ]);
  });

  test('never yields anything but ways that can be gone, whatever it is', () => {
    const words = fc.constantFrom(
      'PROXY',
      'SOCKS5',
      'DIRECT',
      ';',
      ' ',
      ':',
      '[',
      ']',
      '@',
      '99999',
    );
    const text = fc.array(fc.oneof(words, fc.string())).map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, (result) => {
        const routes = routesOfPac(result);
        expect(routes.length).toBeGreaterThan(0);
        for (const route of routes) {
          if (route.kind === 'direct') continue;
          expect(route.host).toMatch(/^[^\s/?#@[\]\\]+$/);
          expect(route.port).toBeGreaterThan(0);
          expect(route.port).toBeLessThan(65_536);
        }
      }),
    );
  });
});
