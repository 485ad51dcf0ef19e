import { X509Certificate } from 'node:crypto';
import { tmpdir } from 'node:os';
import { expect, it } from 'vitest';
import { withPrivateDirectory } from '../install/private-directory.ts';
import { runTool } from '../install/run-tool.ts';
import { PivCertificates } from '../pkcs11/piv-certificate.ts';
import { reached, request, startProving, World } from '../testing/enrollment-world.ts';
import { SmartCardReader } from '../testing/tokens/smart-card-reader.ts';
import { pinOf, TokenWorld } from '../testing/tokens/token-world.ts';

const searchPath = process.env['PATH'] ?? '';

it('a key that came with a PIV card gets a certificate, which is written to the card', async () => {
  await using reader = await SmartCardReader.start({ keys: { '9a': 'P-256' } });
  await reader.insert();
  await using cards = new TokenWorld({ modulePaths: [reader.modulePath], env: reader.env });
  const world = await World.start();
  try {
    world.tokens = cards.tokens;
    const asked: string[] = [];
    world.askPin = ({ reason }) => {
      asked.push(reason);
      const pin = pinOf(reader.pin);
      return Promise.resolve({ pin, acceptFinalTry: false, tried: () => undefined });
    };
    world.otherWriter = new PivCertificates({
      run: ({ environment, ...wish }) =>
        runTool({
          ...{ ...wish, searchPath, home: world.directory },
          environment: { ...reader.env, ...environment },
        }),
      withPrivateDirectory: (use) => withPrivateDirectory(tmpdir(), use),
    });
    const process = await world.joined({
      key: { types: ['P-256'], places: ['token'], exportable: false },
      install: [],
    });
    await expect(process.enrollments.start(request)).rejects.toMatchObject({
      reason: 'key-not-chosen',
    });
    const tokenId = cards.tokens.tokenIdOf(await cards.reference()) ?? '';
    const keyPlace = { in: 'token', tokenId, keyId: '01' } as const;
    const { enrollmentId } = await process.enrollments.start({ ...request, keyPlace });
    const proving = await startProving(process, enrollmentId);
    await proving.answer(world.code());
    const { credentialId, results } = await reached(process, enrollmentId, 'done');
    expect(results).toMatchObject([{ target: 'token', status: 'installed' }]);
    const leaf = new X509Certificate(process.wallet.credentials.find(credentialId)?.chain ?? '');
    expect(reader.card.certificate('9a')).toEqual(leaf.raw);
    expect(process.wallet.tokenKeys.list()).toMatchObject([{ key: { id: '01' }, origin: 'found' }]);
    expect(asked.length).toBeGreaterThan(0);
    // The key is the card's: without the credential it is still there, and signs.
    await process.credentials.remove(credentialId);
    expect(process.wallet.tokenKeys.list()).toEqual([]);
  } finally {
    await world.stop();
  }
}, 60_000);
