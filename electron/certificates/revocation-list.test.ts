import { execFileSync } from 'node:child_process';
import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { madeUp } from '../testing/made-up.ts';
import { TestAuthority } from '../testing/test-authority.ts';
import { isOnRevocationList, revocationListUrls } from './revocation-list.ts';

const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const spki = publicKey.export({ type: 'spki', format: 'der' });
const der = (pem: string): Buffer => Buffer.from(pem.replaceAll(/-----.*-----|\s/g, ''), 'base64');

let root: TestAuthority;
let issuer: Buffer;
let one: string;
let other: string;
beforeAll(async () => {
  root = await TestAuthority.root();
  issuer = der(root.certificate);
  one = await root.issue({ spki, revocationListUrl: 'https://ca.test/list' });
  other = await root.issue({ spki });
});

describe('a list of revoked certificates', () => {
  it('names those that are on it, and no others', async () => {
    const list = der(await root.revocationList(one));
    expect(isOnRevocationList(list, der(one), issuer)).toBe(true);
    expect(isOnRevocationList(list, der(other), issuer)).toBe(false);
    expect(isOnRevocationList(der(await root.revocationList()), der(one), issuer)).toBe(false);
  });

  it('is where the certificate says', () => {
    expect(revocationListUrls(der(one))).toEqual(['https://ca.test/list']);
    expect(revocationListUrls(der(other))).toEqual([]);
  });

  it('that is signed in a way that is not its issuer’s says nothing', async () => {
    const words = ['req', '-x509', '-newkey', 'ed25519', '-nodes', '-keyout', '/dev/null'];
    const ed25519 = execFileSync('openssl', [...words, '-subj', '/CN=Test Root'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const list = der(await root.revocationList(one));
    const unreadable = expect.objectContaining({ code: 'certificate' }) as unknown;
    expect(() => isOnRevocationList(list, der(one), der(ed25519))).toThrow(unreadable);
  });

  it('of another issuer, or of nobody, says nothing', async () => {
    const namesake = await TestAuthority.root();
    const list = der(await namesake.revocationList(one));
    expect(new X509Certificate(namesake.certificate).subject).toBe(
      new X509Certificate(root.certificate).subject,
    );
    const unreadable = expect.objectContaining({ code: 'certificate' }) as unknown;
    expect(() => isOnRevocationList(list, der(one), issuer)).toThrow(unreadable);
    const good = der(await root.revocationList(one));
    for (let round = 0; round < madeUp(400); round += 1) {
      const hostile = Buffer.from(good);
      hostile[(round * 7) % hostile.length] = round % 256;
      if (hostile.equals(good)) continue;
      expect(() => isOnRevocationList(hostile, der(one), issuer)).toThrow(unreadable);
      expect(() =>
        isOnRevocationList(good.subarray(0, round % good.length), der(one), issuer),
      ).toThrow(unreadable);
    }
  });
});
