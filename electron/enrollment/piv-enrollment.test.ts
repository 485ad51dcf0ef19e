import { createHash, X509Certificate } from 'node:crypto';
import { tmpdir } from 'node:os';
import { expect, it } from 'vitest';
import { withPrivateDirectory } from '../install/private-directory.ts';
import { runTool } from '../install/run-tool.ts';
import { PivCertificates } from '../pkcs11/piv-certificate.ts';
import {
  reached,
  request,
  startProving,
  World,
  type Process,
} from '../testing/enrollment-world.ts';
import { TestAuthority } from '../testing/test-authority.ts';
import { SmartCardReader } from '../testing/tokens/smart-card-reader.ts';
import { pinOf, TokenWorld } from '../testing/tokens/token-world.ts';

const searchPath = process.env['PATH'] ?? '';

interface Stand {
  readonly world: World;
  readonly reader: SmartCardReader;
  readonly process: Process;
  readonly asked: readonly string[];
  /** With the key that came with the card. */
  readonly start: (replaces?: string) => Promise<string>;
}

async function withCard(isInUse: boolean, use: (stand: Stand) => Promise<void>): Promise<void> {
  await using reader = await SmartCardReader.start({ keys: { '9a': 'P-256' }, isInUse });
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
      withPrivateDirectory: (work) => withPrivateDirectory(tmpdir(), work),
    });
    const process = await world.joined({
      key: { types: ['P-256'], places: ['token'], exportable: false },
      install: [],
    });
    const tokenId = cards.tokens.tokenIdOf(await cards.reference()) ?? '';
    const start = async (replaces?: string): Promise<string> => {
      const keyPlace = { in: 'token', tokenId, keyId: '01', replaces } as const;
      return (await process.enrollments.start({ ...request, keyPlace })).enrollmentId;
    };
    await use({ world, reader, process, asked, start });
  } finally {
    await world.stop();
  }
}

async function finish({ world, process }: Stand, enrollmentId: string) {
  const proving = await startProving(process, enrollmentId);
  await proving.answer(world.code());
  const { credentialId, results } = await reached(process, enrollmentId, 'done');
  const leaf = new X509Certificate(process.wallet.credentials.find(credentialId)?.chain ?? '').raw;
  return { credentialId, results, leaf };
}

const fingerprintIn = ({ card }: SmartCardReader): string =>
  createHash('sha256')
    .update(card.certificate('9a') ?? '')
    .digest('hex');

it('a key that came with a PIV card gets a certificate, which is written to the card', async () => {
  await withCard(false, async (stand) => {
    const { reader, process, asked, start } = stand;
    const { credentialId, results, leaf } = await finish(stand, await start());
    expect(results).toMatchObject([{ target: 'token', status: 'installed' }]);
    expect(reader.card.certificate('9a')).toEqual(leaf);
    expect(process.wallet.tokenKeys.list()).toMatchObject([{ key: { id: '01' }, origin: 'found' }]);
    expect(asked.length).toBeGreaterThan(0);
    // The key is the card's: without the credential it is still there, and signs.
    await process.credentials.remove(credentialId);
    expect(process.wallet.tokenKeys.list()).toEqual([]);
  });
});

it('a certificate that somebody has on a PIV card goes only when the person names it', async () => {
  await withCard(true, async (stand) => {
    const { reader, process, asked, start } = stand;
    const refused = { code: 'token', reason: 'certificate-in-the-way' };
    await expect(start()).rejects.toMatchObject(refused);
    await expect(start('00'.repeat(32))).rejects.toMatchObject(refused);
    expect(asked).toEqual([]);
    expect(process.wallet.enrollments.list()).toEqual([]);
    const { leaf, results } = await finish(stand, await start(fingerprintIn(reader)));
    expect(results).toMatchObject([{ target: 'token', status: 'installed' }]);
    expect(reader.card.certificate('9a')).toEqual(leaf);
  });
});

it('a certificate that came to a PIV card after the person agreed to lose another one stays', async () => {
  await withCard(true, async (stand) => {
    const { world, reader, process, start } = stand;
    const enrollmentId = await start(fingerprintIn(reader));
    const proving = await startProving(process, enrollmentId);
    const authority = await TestAuthority.root({ name: 'Employer' });
    const { publicKey } = new X509Certificate(reader.card.certificate('9a') ?? '');
    const spki = publicKey.export({ format: 'der', type: 'spki' });
    const renewed = new X509Certificate(await authority.issue({ subject: 'CN=Alex', spki })).raw;
    reader.card.writeCertificate('9a', renewed);
    await proving.answer(world.code());
    const { results } = await reached(process, enrollmentId, 'done');
    expect(results).toMatchObject([
      {
        ...{ target: 'token', status: 'failed' },
        failure: { code: 'token', reason: 'certificate-in-the-way' },
      },
    ]);
    expect(reader.card.certificate('9a')).toEqual(renewed);
  });
});
