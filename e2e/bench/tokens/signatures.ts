import { randomBytes, randomUUID, verify } from 'node:crypto';
import type { Signer } from '../../../electron/keys/signer.ts';
import type { WrappedModule } from '../../../electron/testing/tokens/pkcs11-shim.ts';
import { SoftHsm } from '../../../electron/testing/tokens/soft-hsm.ts';
import { VirtualTpm } from '../../../electron/testing/tokens/virtual-tpm.ts';
import type { Figure } from '../figures.ts';
import { BareToken, type MeasuredType } from './bare-token.ts';
import { EchoProcess } from './echo-process.ts';
import { beside, type Pair } from './pairs.ts';
import { TokenStack, use } from './stack.ts';

interface Race {
  readonly where: string;
  readonly module: WrappedModule;
  readonly label: string;
  readonly pin: string;
  readonly types: readonly MeasuredType[];
  readonly rounds: number;
}

/** For the compilers of both processes. */
const warmUp = 60;

/** What a signature costs through all of ours, beside the same key called in this process. */
export async function measureSignatures(): Promise<readonly Figure[]> {
  return [...(await onSoftHsm()), ...(await onTpm())];
}

async function onSoftHsm(): Promise<readonly Figure[]> {
  await using hsm = await SoftHsm.create('bench');
  const { label, pin } = hsm.token;
  const types = ['P-256', 'RSA-2048', 'RSA-3072', 'RSA-4096'] as const;
  return await race({ where: 'SoftHSM', module: hsm, label, pin, types, rounds: 200 });
}

async function onTpm(): Promise<readonly Figure[]> {
  await using tpm = await VirtualTpm.start('bench');
  const { label, pin } = tpm;
  return await race({
    where: 'TPM',
    module: tpm,
    label,
    pin,
    types: ['P-256', 'RSA-2048'],
    rounds: 30,
  });
}

async function race({ where, module, label, pin, types, rounds }: Race) {
  await using stack = new TokenStack({ module, pin });
  const token = await stack.reference(label);
  const ids = new Map<MeasuredType, string>();
  for (const type of types) {
    const id = randomUUID();
    await stack.keys.ensure({ id, type, token, label: type, existing: undefined }, use);
    ids.set(type, id);
  }
  // Loaded only now: a module may read what is on a token once and for all.
  using bare = new BareToken(module, pin);
  using echo = new EchoProcess();
  await stack.rest();
  const figures: Figure[] = [];
  for (const [type, id] of ids) {
    const signer = await stack.keys.signer(id, use);
    const ckaId = stack.keys.onToken(id)?.key.id ?? '';
    const contenders = { ours: signer, bare: bare.signer(ckaId, type), echo };
    const runs = await signInTurns(contenders, rounds);
    const name = `a signature, ${where}, ${type}`;
    figures.push(...beside(name, runs), {
      name: `${name}: a message to another process and back alone`,
      unit: 'ms',
      values: runs.map((run) => run.message),
    });
  }
  return figures;
}

interface Contenders {
  readonly ours: Signer;
  readonly bare: (data: Uint8Array) => Uint8Array;
  readonly echo: EchoProcess;
}

interface Run extends Pair {
  readonly message: number;
}

async function signInTurns(
  { ours, bare, echo }: Contenders,
  rounds: number,
): Promise<readonly Run[]> {
  const runs: Run[] = [];
  for (let round = -Math.min(warmUp, rounds); round < rounds; round += 1) {
    // About as much as a certificate request.
    const data = randomBytes(400);
    const isFirst = round % 2 === 0;
    const before = isFirst ? await timed(() => bare(data)) : null;
    const signature = await timed(() => ours.sign(data));
    const other = before ?? (await timed(() => bare(data)));
    const message = await timed(() => echo.ask(data));
    if (!isSignatureOf(ours, data, signature.result) || !isSignatureOf(ours, data, other.result)) {
      throw new Error('a signature is wrong');
    }
    if (round >= 0) runs.push({ ours: signature.spent, bare: other.spent, message: message.spent });
  }
  return runs;
}

async function timed<T>(
  work: () => T | Promise<T>,
): Promise<{ readonly result: T; readonly spent: number }> {
  const start = performance.now();
  const result = await work();
  return { result, spent: performance.now() - start };
}

function isSignatureOf({ publicSpki }: Signer, data: Uint8Array, signature: Uint8Array): boolean {
  const key = { key: Buffer.from(publicSpki), format: 'der', type: 'spki' } as const;
  return verify('sha256', data, { ...key, dsaEncoding: 'ieee-p1363' }, signature);
}
