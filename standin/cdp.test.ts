import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { CdpConnection, CdpError } from './cdp.ts';

function connect() {
  const input = new PassThrough();
  const output = new PassThrough();
  const connection = new CdpConnection({ input, output }, () => undefined);
  const receive = (message: object) => input.write(`${JSON.stringify(message)}\0`);
  const sent = () => JSON.parse(String(output.read()).slice(0, -1)) as { id: number };
  return { connection, input, receive, sent };
}

describe('the pipe to Chromium', () => {
  it('puts messages together from any pieces', async () => {
    const { connection, input, sent } = connect();
    const version = connection.root.send('Browser.getVersion');
    const { id } = sent();
    const bytes = Buffer.from(
      `${JSON.stringify({ id, result: { product: 'Chromium ☃' } })}\0${JSON.stringify({ method: 'x' })}\0`,
    );
    for (const byte of bytes) input.write(Buffer.from([byte]));
    await expect(version).resolves.toMatchObject({ product: 'Chromium ☃' });
  });

  it('says which command was refused', async () => {
    const { connection, receive, sent } = connect();
    const answer = connection.root.send('Page.enable');
    receive({ id: sent().id, error: { code: -32000, message: 'Not allowed' } });
    await expect(answer).rejects.toThrow(new CdpError('refused', 'Page.enable', 'Not allowed'));
  });

  it('gives up what waits for a target that goes away, and only that', async () => {
    const { connection, receive, sent } = connect();
    const lost = connection.session('one').send('Page.enable');
    sent();
    const kept = connection.session('two').send('Page.enable');
    const { id } = sent();
    receive({ method: 'Target.detachedFromTarget', params: { sessionId: 'one' } });
    await expect(lost).rejects.toMatchObject({ code: 'closed' });
    receive({ id, result: {} });
    await expect(kept).resolves.toStrictEqual({});
  });

  it('gives up everything when Chromium ends', async () => {
    const { connection, input } = connect();
    const answer = connection.root.send('Browser.getVersion');
    input.destroy();
    await expect(answer).rejects.toMatchObject({ code: 'closed' });
    await expect(connection.root.send('Browser.getVersion')).rejects.toMatchObject({
      code: 'closed',
    });
  });
});
