import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { javaArchive, windowsProgram } from '../testing/program-samples.ts';
import { SigningWorld } from '../testing/signing-world.ts';
import { Pkcs11Shim } from '../testing/tokens/pkcs11-shim.ts';
import { SmartCardReader } from '../testing/tokens/smart-card-reader.ts';
import { SoftHsm } from '../testing/tokens/soft-hsm.ts';
import { signPrograms } from './sign-programs.ts';

const samples = { osslsigncode: windowsProgram(), jarsigner: javaArchive() } as const;

async function sign(
  world: SigningWorld,
  tool: keyof typeof samples,
  credentialId: string,
): Promise<string> {
  const source = await world.file(`${tool}-${credentialId}`, samples[tool]);
  const destination = `${source}-signed`;
  const { signal } = new AbortController();
  const files = [{ source, destination }];
  await signPrograms({ tool, credentialId, files, signal, signed: () => undefined }, world.rooms);
  return destination;
}

test.each(['osslsigncode', 'jarsigner'] as const)(
  'one wrong PIN costs one try, before %s has begun, and the right one none',
  async (tool) => {
    await using hsm = await SoftHsm.create('my token');
    await using shim = await Pkcs11Shim.around(hsm);
    const { pin } = hsm.token;
    const { modulePath, env } = shim;
    await using world = await SigningWorld.create({ modulePath, env, pin });
    const credentialId = await world.credential('RSA-3072');
    shim.lockAfter(3);
    world.pin = '999999';
    world.patience = 1;
    shim.recordCalls();
    await expect(sign(world, tool, credentialId)).rejects.toThrow('thought better of it');
    expect(world.asked).toHaveLength(2);
    expect(shim.wrongPins()).toBe(1);
    expect(shim.calls.filter((call) => call.startsWith('C_Login'))).toHaveLength(1);

    world.pin = pin;
    world.patience = Infinity;
    expect(existsSync(await sign(world, tool, credentialId))).toBe(true);
    expect(shim.wrongPins()).toBe(0);
  },
);

test(
  'a PIV card’s key signs, but for the one that wants the PIN each time, with which no program begins',
  { tags: ['deep'] },
  async () => {
    await using reader = await SmartCardReader.start();
    await reader.insert();
    const { modulePath, env, pin } = reader;
    await using world = await SigningWorld.create({ modulePath, env, pin });
    const signature = await world.credential('RSA-2048', {}, { existing: '02' });
    for (const tool of ['osslsigncode', 'jarsigner'] as const) {
      await expect(sign(world, tool, signature)).rejects.toEqual(
        expect.objectContaining({ reason: 'obstacle', obstacle: 'pin-each-time' }),
      );
    }
    // What is on the card is seen only by who has logged in.
    expect(world.asked).toHaveLength(2);
    expect(reader.card.pinTriesLeft).toBe(3);
    const login = await world.credential('P-256', {}, { existing: '01' });
    const signed = await sign(world, 'osslsigncode', login);
    const verified = await world.judge('osslsigncode', 'verify', '-CAfile', 'root.pem', signed);
    expect(verified).toMatchObject({ code: 0 });
  },
);
