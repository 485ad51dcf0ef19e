import { execFileSync } from 'node:child_process';
import { randomUUID, X509Certificate } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EapWorld } from '../testing/eap-world.ts';
import { keyOnToken } from '../testing/key-on-token.ts';
import { NetworkManagerDaemon } from '../testing/network-manager-daemon.ts';
import { SoftHsm } from '../testing/tokens/soft-hsm.ts';
import { TokenWorld } from '../testing/tokens/token-world.ts';
import { noNamespaces, WiredPort } from '../testing/wired-port.ts';
import type { InstallableCredential, TokenKey } from './install-target.ts';
import { NetworkManagerTarget } from './network-manager.ts';

let world: EapWorld;
beforeAll(async () => {
  world = await EapWorld.start();
});
afterAll(() => world[Symbol.asyncDispose]());

const outside = noNamespaces ?? 'as root';

describe.skipIf(noNamespaces !== null)(`NetworkManager at a port (${outside})`, () => {
  it('is let in with a key on a token, whose PIN it was lent and did not keep', async () => {
    await using hsm = await SoftHsm.create('work');
    await using tokens = new TokenWorld({ modulePaths: [hsm.modulePath], env: hsm.env });
    const { token, spki } = await keyOnToken(tokens, hsm.modulePath);
    const certificate = new X509Certificate(await world.issue({ spki })).raw;
    await using port = await portOf();
    await using daemon = await NetworkManagerDaemon.start(port.computer, hsm.env);
    const nm = targetOf(daemon);
    const credential = onToken(certificate, token);
    const installed = { ...(await nm.install(credential)), networks: credential.networks ?? [] };
    plugIn(daemon);
    // Typed on a reader it is nobody's to lend, and there is no session here in which it could be asked for.
    const onReader: TokenKey = { ...token, lendPin: (work) => work(null) };
    const proofs = await nm.prove({ ...installed, token: onReader }, { network: true });
    expect(proofs.at(-1)).toMatchObject({
      ...{ status: 'failed', method: 'network', failure: { link: 'pin' } },
    });
    expect(await nm.prove(installed, { network: true })).toMatchObject([
      { status: 'proven', method: 'signature' },
      { status: 'proven', method: 'listed' },
      { status: 'proven', method: 'network', by: 'NetworkManager' },
    ]);
    await port.opens();
    expect(port.verdicts).toEqual([expect.stringContaining('Login OK: [anonymous@')]);
    const [file = ''] = await readdir(daemon.keyfileDirectory);
    const text = await readFile(join(daemon.keyfileDirectory, file), 'utf8');
    expect(text).toMatch(/^private-key=pkcs11:.*type=private$/m);
    expect(text).not.toContain(hsm.token.pin);
  });

  it('is turned away with a certificate that was revoked', { tags: ['deep'] }, async () => {
    await using port = await portOf();
    await using daemon = await NetworkManagerDaemon.start(port.computer);
    const nm = targetOf(daemon);
    const credential = world.credential(world.revoked, wired());
    const installed = { ...(await nm.install(credential)), networks: credential.networks };
    plugIn(daemon, ['802-1x.auth-timeout', '3']);
    const proofs = await nm.prove(installed, { network: true });
    expect(proofs.at(-1)).toMatchObject({
      ...{ status: 'failed', method: 'network', failure: { link: 'refused' } },
    });
    expect(port.verdicts[0]).toMatch(/Login incorrect.*revoked/);
  });
});

const wired = () => world.network({ ssids: [], wired: true });

const onToken = (certificate: Uint8Array, token: TokenKey): InstallableCredential => ({
  ...{ credentialId: randomUUID(), certificate, chain: [], token },
  ...{ exportPkcs8: null, networks: [wired()] },
});

async function portOf(): Promise<WiredPort> {
  const { root, revoked } = world;
  return WiredPort.open({
    trusted: root.certificate,
    revocationLists: await root.revocationList(revoked),
    server: await root.issueServer({ names: [{ type: 'dns', value: 'radius.example.test' }] }),
  });
}

const targetOf = ({ environment, keyfileDirectory }: NetworkManagerDaemon): NetworkManagerTarget =>
  new NetworkManagerTarget({
    ...world.surroundings({ environment }),
    ...{ user: null, keyfileDirectory },
  });

/** There is nobody at this socket who gives addresses. */
function plugIn({ environment }: NetworkManagerDaemon, more: readonly string[] = []): void {
  const address = ['ipv4.method', 'manual', 'ipv4.addresses', '10.99.0.2/24'];
  const rest = ['ipv6.method', 'disabled', ...more];
  execFileSync('nmcli', ['connection', 'modify', 'Northlight (802.1X)', ...address, ...rest], {
    env: { PATH: process.env['PATH'], ...environment, HOME: '/dev/null' },
  });
}
