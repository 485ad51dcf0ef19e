import { X509Certificate } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { networkFileFaults, type NetworkFileFault } from '../../../shared/models/network.ts';
import { madeUp } from '../../testing/made-up.ts';
import { TestAuthority } from '../../testing/test-authority.ts';
import { checkedNetwork } from './checked-network.ts';
import { EapConfigError } from './eap-config-error.ts';
import { readEapConfig } from './eap-config.ts';

let root: string;
let intermediate: string;
let leaf: string;
beforeAll(async () => {
  const authority = await TestAuthority.root({ name: 'Network Root' });
  const issuer = await authority.intermediate();
  [root, intermediate] = [authority.certificate, issuer.certificate].map(base64) as [
    string,
    string,
  ];
  leaf = base64((await issuer.issueServer()).cert);
});

const base64 = (pem: string): string => new X509Certificate(pem).raw.toString('base64');

/** As CAT writes them for EAP-TLS. */
interface Parts {
  readonly attributes?: string;
  readonly validUntil?: string;
  readonly type?: string;
  readonly authorities?: readonly string[];
  readonly servers?: readonly string[];
  readonly client?: string;
  readonly where?: string;
  readonly info?: string;
}

function provider(parts: Parts = {}): string {
  const { attributes = 'ID="example.test" namespace="urn:RFC4282:realm"' } = parts;
  const { authorities = [root], servers = ['radius.example.test'], type = '13' } = parts;
  const { where = '<IEEE80211><SSID>eduroam</SSID><MinRSNProto>CCMP</MinRSNProto></IEEE80211>' } =
    parts;
  const cas = authorities.map((each) => `<CA format="X.509" encoding="base64">${each}</CA>`);
  const names = servers.map((each) => `<ServerID>${each}</ServerID>`);
  return `<EAPIdentityProvider version="1" ${attributes}>${parts.validUntil ?? ''}
    <AuthenticationMethods><AuthenticationMethod><EAPMethod><Type>${type}</Type></EAPMethod>
      <ServerSideCredential>${cas.join('')}${names.join('')}</ServerSideCredential>
      <ClientSideCredential>${parts.client ?? ''}</ClientSideCredential>
    </AuthenticationMethod></AuthenticationMethods>
    <CredentialApplicability>${where}</CredentialApplicability>
    <ProviderInfo>${parts.info ?? '<DisplayName>Example University</DisplayName>'}</ProviderInfo>
  </EAPIdentityProvider>`;
}

const list = (...providers: readonly string[]): string =>
  `<?xml version="1.0" encoding="utf-8"?>
  <EAPIdentityProviderList xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
    xsi:noNamespaceSchemaLocation="eap-metadata.xsd">${providers.join('')}</EAPIdentityProviderList>`;

const options = { now: () => new Date('2026-11-22T12:00:00Z'), languages: ['de-AT', 'en'] };
const read = (text: string) => readEapConfig(Buffer.from(text), options);
const readOne = (parts: Parts) => read(list(provider(parts)))[0];

function faultOf(text: string | Uint8Array): NetworkFileFault {
  try {
    readEapConfig(Buffer.from(text), options);
  } catch (error) {
    if (error instanceof EapConfigError) return error.reason;
    throw error;
  }
  throw new Error('it was read');
}

describe('a description of networks by eduroam CAT', () => {
  it('becomes a network that is joined safely', () => {
    const [network, ...others] = read(list(provider()));
    expect(others).toEqual([]);
    const { id, ...rest } = network;
    expect(id).toMatch(/^[0-9a-f]{32}$/);
    expect(rest).toEqual({
      ...{ name: 'Example University', source: 'file', ssids: ['eduroam'], wired: false },
      ...{ serverNames: ['radius.example.test'], serverRoots: [root] },
      outerIdentity: 'anonymous@example.test',
    });
    expect(checkedNetwork(network, 'network-manager').roots).toHaveLength(1);
    expect(readOne({ servers: ['other.example.test'] }).id).not.toBe(network.id);
  });

  it('keeps every network in the air but those of TKIP, and the sockets in the wall', () => {
    const air = (ssid: string, protocol: string): string =>
      `<IEEE80211><SSID>${ssid}</SSID>${protocol}</IEEE80211>`;
    const where = [
      air('eduroam', '<MinRSNProto>TKIP</MinRSNProto>'),
      air('Caf&#xe9; &amp; more', '<MinRSNProto>CCMP</MinRSNProto>'),
      air('eduroam-new', ''),
      air('eduroam-new', ''),
      '<IEEE80211><ConsortiumOID>001bc50460</ConsortiumOID></IEEE80211><IEEE8023/>',
    ].join('');
    expect(readOne({ where })).toMatchObject({
      ...{ ssids: ['Café & more', 'eduroam-new'], wired: true },
    });
    const tkip = air('eduroam', '<MinRSNProto>tkip</MinRSNProto>');
    expect(faultOf(list(provider({ where: tkip })))).toBe('no-network');
    expect(readOne({ where: '<IEEE8023></IEEE8023>' })).toMatchObject({ ssids: [], wired: true });
  });

  it('believes roots alone, of all the certificates that it names', () => {
    expect(readOne({ authorities: [leaf, intermediate, root] }).serverRoots).toEqual([root]);
    for (const authorities of [[], [intermediate], [leaf]]) {
      expect(faultOf(list(provider({ authorities })))).toBe('not-pinned');
    }
  });

  it('is refused without the names of its servers, or with names that anybody could have', () => {
    const many = Array.from({ length: 9 }, (_, index) => `r${index}.example.test`);
    for (const servers of [[], [''], ['*.example.test'], ['localhost'], ['a b.test'], many]) {
      expect(faultOf(list(provider({ servers })))).toBe('not-pinned');
    }
    const { serverNames } = readOne({ servers: ['RADIUS.Example.Test', 'radius.example.test'] });
    expect(serverNames).toEqual(['radius.example.test']);
  });

  it('says a realm in clear, and nobody’s name', () => {
    const outer = (text: string, attributes = ''): string =>
      readOne({ client: `<OuterIdentity>${text}</OuterIdentity>`, attributes }).outerIdentity;
    expect(outer('anonymous@Uni.Example.Test')).toBe('anonymous@uni.example.test');
    expect(outer('@example.test')).toBe('@example.test');
    expect(outer('alex@example.test')).toBe('anonymous@example.test');
    expect(outer('a@b@example.test')).toBe('anonymous@example.test');
    expect(outer('anonymous', 'ID="example.test" namespace="urn:RFC4282:realm"')).toBe(
      'anonymous@example.test',
    );
    for (const attributes of ['ID="undefined" namespace="urn:undefined"', '', 'ID="a b"']) {
      expect(faultOf(list(provider({ attributes })))).toBe('no-realm');
    }
  });

  it('takes the method with certificates among others, and none in a tunnel', () => {
    const ttls = list(provider({ type: '21' }));
    expect(faultOf(ttls)).toBe('no-eap-tls');
    const inner = ttls.replace(
      '</AuthenticationMethod>',
      '<InnerAuthenticationMethod><EAPMethod><Type>13</Type></EAPMethod></InnerAuthenticationMethod></AuthenticationMethod>',
    );
    expect(faultOf(inner)).toBe('no-eap-tls');
    const method = /<AuthenticationMethod>.*<\/AuthenticationMethod>/s;
    const [peap = ''] = method.exec(list(provider({ type: '25' }))) ?? [];
    const both = list(provider()).replace(
      '<AuthenticationMethods>',
      `<AuthenticationMethods>${peap}`,
    );
    expect(read(both)).toHaveLength(1);
    expect(read(list(provider({ type: '21' }), provider()))).toHaveLength(1);
  });

  it('takes nothing of the person’s own: no key, certificate, name or password', () => {
    const client = `<ClientCertificate format="PKCS12" encoding="base64">c2VjcmV0</ClientCertificate>
      <Passphrase>secret</Passphrase><UserName>alex</UserName><Password>secret</Password>`;
    expect(JSON.stringify(readOne({ client }))).not.toMatch(/secret|c2VjcmV0|alex/);
  });

  it('holds as long as it says', () => {
    const until = (text: string): string =>
      list(provider({ validUntil: `<ValidUntil>${text}</ValidUntil>` }));
    expect(read(until('2027-01-01T00:00:00Z'))).toHaveLength(1);
    expect(faultOf(until('2026-11-22T12:59:00+01:00'))).toBe('expired');
    expect(faultOf(until('soon'))).toBe('unreadable');
  });

  it('is called what the provider is called, in words that can be shown', () => {
    const name = (lang: string, text: string): string =>
      `<DisplayName lang="${lang}">${text}</DisplayName>`;
    const both = name('en', 'University') + name('de', '<![CDATA[Universität <Wien>]]>');
    expect(readOne({ info: both }).name).toBe('Universität <Wien>');
    expect(readOne({ info: name('fr', 'Université') }).name).toBe('Université');
    expect(readOne({ info: name('de', 'a&#x202e;b') + name('any', 'Other') }).name).toBe('Other');
    expect(readOne({ info: name('de', 'x'.repeat(81)) }).name).toBe('eduroam');
  });

  it('is refused when it is something else', () => {
    const texts = ['', ' ', 'hello', '{}', '<a/>', list(), '<EAPIdentityProviderList>', '\0'];
    for (const text of texts) expect(faultOf(text)).toBe('unreadable');
    expect(faultOf(Buffer.from(list(provider()), 'utf16le'))).toBe('unreadable');
    expect(faultOf(Buffer.concat([Buffer.from(list(provider())), Buffer.of(0xff)]))).toBe(
      'unreadable',
    );
    expect(faultOf(list(provider()) + list(provider()))).toBe('unreadable');
    for (const ssid of ['x'.repeat(33), 'ü'.repeat(17), 'a&#10;b', 'a&#x202e;b', '&#0;']) {
      const where = `<IEEE80211><SSID>${ssid}</SSID></IEEE80211>`;
      expect(faultOf(list(provider({ where })))).toBe('unreadable');
    }
    for (const certificate of ['', 'AAAA', 'not base64!', 'A'.repeat(20_000), root.slice(0, -40)]) {
      expect(faultOf(list(provider({ authorities: [certificate] })))).toBe('unreadable');
    }
  });

  it('expands no entities and fetches nothing', () => {
    const declared = (declarations: string, ssid: string): string =>
      list(provider({ where: `<IEEE80211><SSID>${ssid}</SSID></IEEE80211>` })).replace(
        '<EAPIdentityProviderList',
        `<!DOCTYPE EAPIdentityProviderList [${declarations}]><EAPIdentityProviderList`,
      );
    const laughs = Array.from(
      { length: 9 },
      (_, index) => `<!ENTITY l${index + 1} "${`&l${index};`.repeat(10)}">`,
    );
    const bomb = declared(`<!ENTITY l0 "lol">${laughs.join('')}`, '&l9;');
    expect(faultOf(bomb)).toBe('unreadable');
    expect(faultOf(declared('<!ENTITY x SYSTEM "file:///etc/hostname">', '&x;'))).toBe(
      'unreadable',
    );
    expect(faultOf(declared('', 'eduroam'))).toBe('unreadable');
    expect(faultOf(list(provider({ where: '<IEEE80211><SSID>&x;</SSID></IEEE80211>' })))).toBe(
      'unreadable',
    );
  });

  it('is bounded in size, depth and number', () => {
    const deep = '<a>'.repeat(30) + '</a>'.repeat(30);
    expect(faultOf(list(provider({ info: deep })))).toBe('unreadable');
    expect(faultOf(list(provider({ info: '<a/>'.repeat(6_000) })))).toBe('unreadable');
    expect(faultOf(list(provider({ info: ' '.repeat(1_100_000) })))).toBe('unreadable');
  });

  it('is read safely or refused, however it is bent', () => {
    const text = list(provider(), provider({ where: '<IEEE8023/>' }));
    const bent = fc
      .array(
        fc.tuple(
          fc.nat(text.length),
          fc.nat(60),
          fc.constantFrom(
            '',
            '<',
            '>',
            '&',
            '"',
            '<SSID>',
            '</CA>',
            '\n',
            '\ud800',
            ']]>',
            '<!--',
            'x',
          ),
        ),
        { minLength: 1, maxLength: 4 },
      )
      .map((cuts) =>
        cuts.reduce(
          (rest, [at, length, put]) => rest.slice(0, at) + put + rest.slice(at + length),
          text,
        ),
      );
    fc.assert(
      fc.property(bent, (changed) => {
        try {
          for (const network of read(changed)) checkedNetwork(network, 'network-manager');
        } catch (error) {
          if (!(error instanceof EapConfigError)) throw error;
          expect(networkFileFaults).toContain(error.reason);
        }
      }),
      { numRuns: madeUp(1000) },
    );
  });
});
