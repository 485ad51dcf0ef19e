#!/usr/bin/env node
// npm run countersign -- …: the wallet without a window, on the project's own Node (docs/command.md).
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { isOpenDescriptor, namedDescriptors } from '../electron/command/open-descriptor.mjs';
import { inProject } from './setup/project.mjs';

const program = inProject('out', 'main', 'cli.js');
const node = inProject('node_modules', 'node', 'bin', 'node');
if (!existsSync(program) || !existsSync(node)) {
  console.error('countersign is not built yet: run npm install and npm run build');
  process.exit(1);
}

/** Those that the command may be told to read from, beside the usual three. */
const named = namedDescriptors(process.argv.slice(2)).filter(isOpenDescriptor);
const most = Math.max(2, ...named);
const stdio = Array.from({ length: most + 1 }, (_, number) =>
  number <= 2 ? 'inherit' : named.includes(number) ? number : 'ignore',
);

const child = spawn(node, [program, ...process.argv.slice(2)], { stdio });
// The link of an invitation holds a secret, and everybody can read the arguments of everybody's processes.
process.title = 'countersign';
// The terminal sends its signals to the whole group; who signals only us means the child too.
for (const name of ['SIGTERM', 'SIGHUP']) process.on(name, () => child.kill(name));
process.on('SIGINT', () => undefined);
const [code, signal] = await once(child, 'exit');
process.exit(code ?? (signal === 'SIGINT' ? 130 : 1));
