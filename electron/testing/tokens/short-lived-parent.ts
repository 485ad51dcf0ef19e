import { spawn } from 'node:child_process';
import { Duplex } from 'node:stream';
import { encodeFrame } from '../../pkcs11/frames.ts';
import { tokenProgram } from './token-world.ts';

// Starts a token process, has it open the module in its arguments, says the number of the process, and waits to be killed.
const [, , path = ''] = process.argv;
const child = spawn(process.execPath, [tokenProgram, 'module'], {
  stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
});
const pipe = child.stdio[3];
if (!(pipe instanceof Duplex)) throw new Error('there is no pipe to the token process');
pipe.write(encodeFrame({ id: 1, call: 'open', input: { path } }));
process.stdout.write(`${child.pid ?? 0}\n`);
