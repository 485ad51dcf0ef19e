import { expect, it } from 'vitest';
import type { TokenReply } from '../messages.ts';
import { TokenProgram } from './token-program.ts';

it('refuses what is no request of main, so that nobody waits, and wipes it', async () => {
  const said: TokenReply[] = [];
  const program = new TokenProgram({
    reply: (message) => said.push(message),
    worker: new URL('./slot-event-worker.ts', import.meta.url),
  });
  const pin = Uint8Array.of(1, 2);
  const current = Uint8Array.of(3, 4);
  await program.receive({ id: 5, call: 'login', input: { pin, more: true } });
  await program.receive({ id: 6, call: 'change', input: { authentication: { current } } });
  await program.receive({ call: 'login' });
  expect(said).toEqual([
    { id: 5, fault: 'refused', detail: 'no request' },
    { id: 6, fault: 'refused', detail: 'no request' },
  ]);
  expect([...pin, ...current]).toEqual([0, 0, 0, 0]);
});
