import { randomBytes, randomUUID } from 'node:crypto';
import type { TokenReference } from '../../../electron/pkcs11/token-access.ts';
import { SoftHsm } from '../../../electron/testing/tokens/soft-hsm.ts';
import type { Figure } from '../figures.ts';
import { BareToken, type MeasuredType } from './bare-token.ts';
import { beside, type Pair } from './pairs.ts';
import { TokenStack, use } from './stack.ts';
import { TimedLauncher } from './timed-launcher.ts';

const warmUp = 3;

/**
 * What a key pair costs with all that ours does around it: finding out that its name is free, looking whether it can
 * leave the token, reading its public half, and a signature that is checked. With RSA the peer is C_GenerateKeyPair as
 * it took within ours: two searches for primes are never alike.
 */
export async function measureKeyPairs(): Promise<readonly Figure[]> {
  await using hsm = await SoftHsm.create('bench');
  const { label, pin } = hsm.token;
  const launcher = new TimedLauncher(hsm.env);
  await using stack = new TokenStack({ module: hsm, pin, launcher });
  const token = await stack.reference(label);
  using bare = new BareToken(hsm, pin);
  const ours = new Maker(stack, token);
  const curve = await repeated(60, async () => ({
    bare: makeBare(bare),
    ours: await ours.make('P-256'),
  }));
  const figures = [...beside('a key pair, SoftHSM, P-256', curve)];
  for (const [type, rounds] of [['RSA-2048', 25] as const, ['RSA-3072', 15] as const]) {
    const pairs = await repeated(rounds, async () => {
      const spent = await ours.make(type);
      return { ours: spent, bare: launcher.generating };
    });
    figures.push(...beside(`a key pair, SoftHSM, ${type}`, pairs, 'C_GenerateKeyPair within it'));
  }
  return figures;
}

/** Makes keys through all of ours, and is rid of them. */
class Maker {
  readonly #stack: TokenStack;
  readonly #token: TokenReference;

  constructor(stack: TokenStack, token: TokenReference) {
    this.#stack = stack;
    this.#token = token;
  }

  /** Milliseconds. */
  async make(type: MeasuredType): Promise<number> {
    const { keys } = this.#stack;
    const id = randomUUID();
    const request = { id, type, token: this.#token, label: 'bench', existing: undefined };
    const begin = performance.now();
    await keys.ensure(request, use);
    const spent = performance.now() - begin;
    await keys.remove(id, use);
    await this.#stack.rest();
    return spent;
  }
}

function makeBare(bare: BareToken): number {
  const begin = performance.now();
  const remove = bare.makeP256(randomBytes(20));
  const spent = performance.now() - begin;
  remove();
  return spent;
}

async function repeated(rounds: number, work: () => Promise<Pair>): Promise<readonly Pair[]> {
  const pairs: Pair[] = [];
  for (let round = -warmUp; round < rounds; round += 1) {
    const pair = await work();
    if (round >= 0) pairs.push(pair);
  }
  return pairs;
}
