/** @module-tag deep */
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { TLSSocket } from 'node:tls';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { signInWithChromium } from '../../e2e/chromium-sign-in.ts';
import { NssPerson } from '../testing/nss-person.ts';

let alex: NssPerson;
let server: Server;

beforeEach(async () => {
  alex = await NssPerson.create();
  const tls = {
    ...(await alex.root.issueServer()),
    ca: alex.root.certificate,
    requestCert: true,
    rejectUnauthorized: false,
  };
  server = createServer(tls, ({ socket }, response) => {
    const serial =
      socket instanceof TLSSocket && socket.authorized
        ? socket.getPeerX509Certificate()?.serialNumber
        : 'nobody';
    response.setHeader('content-type', 'text/html');
    response.end(`<title>Door</title><p>${String(serial)}</p>`);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});

afterEach(async () => {
  server.close();
  server.closeAllConnections();
  await alex[Symbol.asyncDispose]();
});

function openDoor() {
  const { port } = server.address() as AddressInfo;
  return signInWithChromium({
    url: `https://localhost:${port}/`,
    home: alex.home,
    issuerCommonName: 'Person Issuing CA',
    serverRoot: alex.root.certificate,
  });
}

test('Chromium signs in with what was installed, and no longer when it was removed', async () => {
  const target = alex.target();
  const credential = await alex.credential({ id: 'one' });
  const { serialNumber } = new X509Certificate(credential.certificate);
  const installed = await target.install(credential);
  expect(await openDoor()).toEqual({ status: 200, title: 'Door', body: serialNumber });
  await target.remove(installed);
  expect((await openDoor()).body).toBe('nobody');
}, 240_000);

test('Chromium that was there first keeps its database, and reads from it what is installed', async () => {
  expect((await openDoor()).body).toBe('nobody');
  const credential = await alex.credential({ id: 'one', keyType: 'RSA-3072' });
  const { location } = await alex.target().install(credential);
  expect(location).toBe(`${alex.home}/.local/share/pki/nssdb`);
  const { serialNumber } = new X509Certificate(credential.certificate);
  expect((await openDoor()).body).toBe(serialNumber);
}, 240_000);
