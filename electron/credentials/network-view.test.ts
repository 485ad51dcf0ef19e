import { createHash, X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { NetworkDescription } from '../../shared/models/network.ts';
import { TestAuthority } from '../testing/test-authority.ts';
import { networkView } from './network-view.ts';

const described = (...roots: readonly Uint8Array[]): NetworkDescription => ({
  ...{ id: 'n', name: 'Northlight', source: 'organization', ssids: ['Northlight'], wired: false },
  serverNames: ['radius.example.test'],
  serverRoots: roots.map((der) => Buffer.from(der).toString('base64')),
  outerIdentity: '@example.test',
});
const sha256 = (data: Uint8Array): string => createHash('sha256').update(data).digest('hex');

describe('a network as the person sees it', () => {
  it('names its roots on one line each, with their fingerprints', async () => {
    const { certificate } = await TestAuthority.root({ name: 'Network Root' });
    const { raw } = new X509Certificate(certificate);
    const [root] = networkView(described(raw)).serverRoots;
    expect(root?.name).toMatch(/CN=Network Root$/);
    expect(root?.name).not.toContain('\n');
    expect(root?.sha256).toBe(sha256(raw));
  });

  it('shows what is no certificate without a name, and stays itself', () => {
    const junk = Buffer.from('no certificate');
    expect(networkView(described(junk))).toMatchObject({
      name: 'Northlight',
      serverRoots: [{ name: '', sha256: sha256(junk) }],
    });
  });
});
