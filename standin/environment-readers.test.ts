import { describe, expect, it } from 'vitest';
import { readSwitches } from './command-line.ts';
import { systemLanguages } from './locale.ts';
import { proxyFor } from './proxy.ts';
import { readSettings } from './settings.ts';

describe('what the stand-in reads from its surroundings', () => {
  it.each([
    [{ LANG: 'de_DE.UTF-8' }, ['de-DE']],
    [{ LANGUAGE: 'de_AT:en', LANG: 'en_US.UTF-8' }, ['de-AT', 'en', 'en-US']],
    [{ LC_ALL: 'C', LANG: 'de_DE.UTF-8' }, ['en-US']],
    [{}, ['en-US']],
  ])('reads the languages of %o', (environment, languages) => {
    expect(systemLanguages(environment)).toStrictEqual(languages);
  });

  it.each([
    ['https://ca.example/', {}, 'DIRECT'],
    [
      'https://ca.example/',
      { https_proxy: 'http://proxy.example:3128' },
      'PROXY proxy.example:3128',
    ],
    ['https://ca.example/', { HTTPS_PROXY: 'proxy.example:3128' }, 'PROXY proxy.example:3128'],
    ['http://ca.example/', { https_proxy: 'http://proxy.example:3128' }, 'DIRECT'],
    [
      'https://ca.example/',
      { all_proxy: 'proxy:1', no_proxy: 'other.example, .example' },
      'DIRECT',
    ],
    ['https://ca.sample/', { all_proxy: 'proxy:1', no_proxy: 'ample' }, 'PROXY proxy:1'],
    ['https://ca.example/', { all_proxy: 'proxy:1', no_proxy: '*' }, 'DIRECT'],
    ['https://ca.example/', { all_proxy: 'a:1', https_proxy: 'b:1' }, 'PROXY a:1'],
    ['https://ca.example/', { https_proxy: '' }, 'DIRECT'],
    ['https://ca.example/', { https_proxy: 'http://proxy.example' }, 'PROXY proxy.example:80'],
    ['https://ca.example/', { https_proxy: 'https://proxy.example' }, 'HTTPS proxy.example:443'],
    ['https://ca.example/', { all_proxy: 'socks5://[::1]:1081' }, 'SOCKS5 [::1]:1081'],
    ['https://ca.example/', { https_proxy: 'http://alex:secret@a:1' }, 'PROXY a:1'],
    ['https://ca.example/', { https_proxy: 'gopher://a:1' }, 'DIRECT'],
    ['https://localhost:14000/', { https_proxy: 'a:1' }, 'DIRECT'],
    ['https://127.0.0.1/', { https_proxy: 'a:1' }, 'DIRECT'],
    ['https://[::1]/', { https_proxy: 'a:1' }, 'DIRECT'],
    ['https://localhost/', { https_proxy: 'a:1', no_proxy: '<-loopback>' }, 'PROXY a:1'],
  ])('finds the proxy for %s in %o', (url, environment, proxy) => {
    expect(proxyFor(url, environment)).toBe(proxy);
  });

  it('does not pretend to run a proxy script', () => {
    const auto_proxy = 'http://config.example/proxy.pac';
    expect(() => proxyFor('https://ca.example/', { auto_proxy })).toThrow('auto_proxy');
  });

  it('reads switches at any place, with values or without', () => {
    const switches = readSwitches([
      '--inspect=0',
      'app',
      '--user-data-dir=/a=b',
      '-x',
      '--flag',
      'wallet://x',
    ]);
    expect([...switches]).toStrictEqual([
      ['inspect', '0'],
      ['user-data-dir', '/a=b'],
      ['flag', ''],
    ]);
  });

  it.each([
    [{}, true],
    [{ DISPLAY: ':0' }, false],
    [{ WAYLAND_DISPLAY: 'wayland-0' }, false],
    [{ DISPLAY: ':0', STANDIN_HEADLESS: '1' }, true],
    [{ STANDIN_HEADLESS: '0' }, false],
  ])('works out from %o whether there is a screen', (environment, headless) => {
    expect(readSettings(environment).headless).toBe(headless);
  });
});
