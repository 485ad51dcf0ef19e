import { fork } from 'node:child_process';
import { tokenProgram } from './token-world.ts';

// Starts a token process, has it open the module in its arguments, says the number of the process, and waits to be killed.
const [, , path = ''] = process.argv;
const child = fork(tokenProgram, ['module'], {
  serialization: 'advanced',
  stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  execArgv: [],
});
child.send({ id: 1, call: 'open', input: { path } });
process.stdout.write(`${child.pid ?? 0}\n`);
