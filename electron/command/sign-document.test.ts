import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { DocumentError } from '../signing/document-error.ts';
import { signChosenDocument } from '../signing/chosen-document.ts';
import { DocumentWorld } from '../testing/document-world.ts';
import { pdfSample } from '../testing/pdf-samples.ts';
import { CommandError } from './command-error.ts';
import { readCommandLine } from './command-line.ts';
import { Output } from './output.ts';
import type { SignDocumentCommand } from './sign-command-line.ts';
import { signDocument } from './sign-document.ts';

const read = (...words: readonly string[]) =>
  readCommandLine(['sign', ...words]) as SignDocumentCommand;

/** What the command says on standard output. */
async function run(world: DocumentWorld, ...words: readonly string[]): Promise<string> {
  let said = '';
  const streams = {
    ...{ out: (text: string) => void (said += text), error: () => undefined },
    unread: new AbortController().signal,
  };
  const { wallet, rooms } = world;
  await signDocument(read(...words), {
    output: new Output(streams, words.includes('--json')),
    signal: new AbortController().signal,
    now: () => new Date(),
    linesOf: () => ({ next: () => Promise.resolve(null) }),
    openHouse: () => ({
      wallet,
      signDocument: (id, dialogs) => signChosenDocument(id, dialogs, rooms),
      close: () => Promise.resolve(),
    }),
  });
  return said;
}

test('the command signs a document beside it, each time under a name of its own', async () => {
  await using world = await DocumentWorld.create();
  const source = await pdfSample(world.directory, 'plain');
  const id = await world.credential('P-256');
  expect(await run(world, '--document', source, '--credential', id)).toContain(
    'nobody but this computer says when',
  );
  expect(await world.pdfsig(world.path('plain-signed.pdf'))).toContain('Signature is Valid.');
  const said = JSON.parse(
    await run(world, '--document', source, '--credential', id, '--json'),
  ) as object;
  expect(said).toMatchObject({ version: 1, path: world.path('plain-signed-2.pdf') });
  const named = world.path('named.pdf');
  await run(world, '--document', source, '--credential', id, '--out', named);
  expect((await readFile(named)).subarray(0, 5).toString()).toBe('%PDF-');
  await expect(
    run(world, '--document', source, '--credential', id, '--out', named),
  ).rejects.toThrow(DocumentError);
});

test.each([
  [['--document', 'a.pdf']],
  [['--document', 'a.pdf', '--with', 'jarsigner', '--credential', 'one']],
  [['--document', 'a.pdf', '--credential', 'one', 'b.pdf']],
  [['--document', 'a.pdf', '--credential', 'one', '--timestamp', 'none']],
  [['--document', '', '--credential', 'one']],
])('%j is refused, before anything is opened', (words) => {
  expect(() => read(...words)).toThrow(CommandError);
});
