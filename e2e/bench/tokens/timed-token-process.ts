import { writeSync } from 'node:fs';
import pkcs11js from 'pkcs11js';
import { channelDescriptor } from '../../../electron/pkcs11/frame-channel.ts';
import { encodeFrame } from '../../../electron/pkcs11/frames.ts';

// The built token process, which also says how long each C_GenerateKeyPair took: looking for primes takes as long as it
// likes, so what is done around it could not be seen otherwise.

/** Milliseconds. */
export interface GenerationReport {
  readonly generating: number;
}

const program = process.env['TIMED_TOKEN_PROCESS'];
if (program !== undefined) await start(program);

async function start(program: string): Promise<void> {
  const methods = pkcs11js.PKCS11.prototype;
  const generate = Reflect.get(methods, 'C_GenerateKeyPair') as (
    ...values: readonly unknown[]
  ) => unknown;
  Reflect.set(methods, 'C_GenerateKeyPair', function (this: unknown, ...values: unknown[]) {
    const begin = performance.now();
    const pair = generate.apply(this, values);
    const report: GenerationReport = { generating: performance.now() - begin };
    writeSync(channelDescriptor, encodeFrame(report));
    return pair;
  });
  await import(program);
}
