import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { WrappedModule } from '../../../electron/testing/tokens/pkcs11-shim.ts';
import type { Figure } from '../figures.ts';
import { filledToken } from './filled-token.ts';
import { beside, type Pair } from './pairs.ts';
import { TokenStack } from './stack.ts';

const label = 'bench';
const pairs = 100;
const rounds = 15;

/** The first look at a token with many objects, in a new process for its module, and the looks that follow. */
export async function measureTokenListing(): Promise<readonly Figure[]> {
  await using hsm = await filledToken(label, pairs);
  const cold: Pair[] = [];
  const warm: Pair[] = [];
  for (let round = -1; round < rounds; round += 1) {
    using bare = new BareListing(hsm);
    const bareCold = await bare.first();
    await using stack = new TokenStack({ module: hsm, pin: hsm.token.pin });
    const oursCold = await timed(() => stack.tokens.watch());
    check(stack);
    await stack.tokens.refresh();
    const oursWarm = await timed(() => stack.tokens.refresh());
    const bareWarm = await bare.again();
    // The first round reads from the disk.
    if (round < 0) continue;
    cold.push({ ours: oursCold, bare: bareCold });
    warm.push({ ours: oursWarm, bare: bareWarm });
  }
  const name = `${pairs} keys and ${pairs} certificates, SoftHSM`;
  return [
    ...beside(`${name}, first look in a new process`, cold, 'a process with pkcs11js'),
    ...beside(`${name}, once more`, warm, 'pkcs11js in one process'),
  ];
}

/** Before login private halves are not shown. */
function check({ tokens }: TokenStack): void {
  const readers = tokens.modules.flatMap((module) => module.readers);
  const token = readers.find((reader) => reader.token?.label === label)?.token;
  if (token?.keys.length !== pairs || token.certificates.length !== pairs) {
    throw new Error('not everything was listed');
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begin = performance.now();
  await work();
  return performance.now() - begin;
}

interface Listed {
  readonly objects: number;
  readonly spent: number;
}

/** The same by a process that does nothing else. */
class BareListing implements Disposable {
  readonly #process: ChildProcess;
  readonly #start = performance.now();

  constructor({ modulePath, env }: WrappedModule) {
    const program = fileURLToPath(new URL('./bare-listing.js', import.meta.url));
    this.#process = fork(program, [modulePath], { env: { ...process.env, ...env }, execArgv: [] });
  }

  /** Milliseconds from the start of the process. */
  async first(): Promise<number> {
    await this.#listed();
    return performance.now() - this.#start;
  }

  /** Milliseconds of the listing alone. */
  async again(): Promise<number> {
    this.#process.send('again');
    return (await this.#listed()).spent;
  }

  [Symbol.dispose](): void {
    this.#process.kill();
  }

  async #listed(): Promise<Listed> {
    const [listed] = (await once(this.#process, 'message')) as [Listed];
    if (listed.objects !== 2 * pairs) throw new Error(`${listed.objects} objects were listed`);
    return listed;
  }
}
