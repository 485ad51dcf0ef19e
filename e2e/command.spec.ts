import { countersign, fingerprintOf } from './command.ts';
import { expect, person, test, type Stage } from './journey.ts';
import { SmartCardReader } from '../electron/testing/tokens/smart-card-reader.ts';
import { SoftHsm } from '../electron/testing/tokens/soft-hsm.ts';
import { VirtualTpm } from '../electron/testing/tokens/virtual-tpm.ts';

interface Token {
  readonly env: Readonly<Record<string, string>>;
  readonly pin: string;
  readonly label: string;
  /** Of a key that is there already. */
  readonly keyId?: string;
}

test.describe('The command enrols with nobody at the screen, and Chromium signs in with a key', () => {
  test.slow();

  test('on a SoftHSM', { tag: '@deep' }, async ({ stage }) => {
    await using hsm = await SoftHsm.create('Server room');
    const { label, pin } = hsm.token;
    await enrolsFor(stage, { env: hsm.env, label, pin });
  });

  test('in the security chip', async ({ stage }) => {
    await using tpm = await VirtualTpm.start('chip');
    await enrolsFor(stage, tpm);
  });

  test('on a PIV card', async ({ stage }) => {
    await using reader = await SmartCardReader.start({ keys: { '9a': 'P-256' } });
    await reader.insert();
    const { env, pin } = reader;
    await enrolsFor(stage, { env, pin, label: 'Card key 9A', keyId: '01' });
  });
});

async function enrolsFor(stage: Stage, { env, pin, label, keyId }: Token): Promise<void> {
  const run = { stage, env };
  const joined = await countersign(
    run,
    ...['join', stage.localCa.invite(person), '--fingerprint', await fingerprintOf(stage)],
  );
  const { organization } = joined as { readonly organization: { readonly id: string } };
  const enrolled = await countersign(
    { ...run, pin },
    ...['enroll', '--organization', organization.id, '--offer', 'wifi-vpn', '--token', label],
    ...(keyId === undefined ? [] : ['--key', keyId]),
    ...['--pin-fd', '3', '--otp-fd', '4'],
  );
  expect(enrolled).toMatchObject({
    subject: person,
    installations: [
      { target: 'token', status: 'installed' },
      { target: 'nss', status: 'installed' },
    ],
  });
  const { key, credentialId } = enrolled as {
    readonly key: { readonly keyId: string };
    readonly credentialId: string;
  };
  expect(await countersign(run, 'tokens')).toMatchObject({
    modules: expect.arrayContaining([
      expect.objectContaining({
        readers: expect.arrayContaining([
          expect.objectContaining({
            token: expect.objectContaining({
              keys: [
                expect.objectContaining({ keyId: key.keyId, owner: 'credential', credentialId }),
              ],
              certificates: expect.arrayContaining([
                expect.objectContaining({ keyId: key.keyId, credentialId }),
              ]),
            }),
          }),
        ]),
      }),
    ]),
  });
  const visitor = await stage.signIn({ pin, env });
  expect(visitor.status).toBe(200);
  expect(visitor.body).toContain(person);
}
