import { describe, expect, it } from 'vitest';
import { CustomSchemes } from './scheme.ts';

function registered(): CustomSchemes {
  const schemes = new CustomSchemes();
  schemes.register([{ scheme: 'app', privileges: { standard: true, secure: true } }]);
  return schemes;
}

describe('the mapping of a custom scheme to an origin that Chromium can load', () => {
  it.each([
    ['app://wallet/index.html', 'https://wallet.app.electron.test/index.html'],
    ['app://wallet', 'https://wallet.app.electron.test'],
    ['app://wallet/a?b=c#d', 'https://wallet.app.electron.test/a?b=c#d'],
  ])('maps %s there and back', (app, page) => {
    expect(registered().toPage(app)).toBe(page);
    expect(registered().toApp(page)).toBe(app);
  });

  it.each([
    'https://ca.example/',
    'https://wallet.other.electron.test/',
    'https://wallet.app.electron.test.evil.example/',
    'https://wallet.app.electron.test:8443/',
    'https://evil.example/wallet.app.electron.test/',
    'data:text/html,app://wallet/',
  ])('leaves %s alone', (url) => {
    expect(registered().toApp(url)).toBe(url);
    expect(registered().toPage(url)).toBe(url);
  });

  it('puts the page’s origin where a policy names the scheme', () => {
    const policy = "default-src 'self' app:; connect-src app://wallet https://ca.example";
    expect(registered().policyToPage(policy)).toBe(
      "default-src 'self' https://*.app.electron.test; connect-src https://wallet.app.electron.test https://ca.example",
    );
  });

  it('refuses what it cannot be faithful to', () => {
    const schemes = new CustomSchemes();
    const weak = [{ scheme: 'weak', privileges: { standard: true } }];
    expect(() => schemes.register(weak)).toThrow(
      'stand-in: a scheme that is not standard and secure',
    );
    expect(() => schemes.register([])).toThrow('only once');
  });
});
