// What a preload says, delivered to the app's listeners and handlers.
import type Electron from 'electron';
import { codec } from './codec.ts';
import { PreventableEvent } from './event.ts';
import type { Frame } from './frame.ts';
import type { IpcMain } from './ipc-main.ts';
import type { PasskeyQuestion } from './passkey-accounts.ts';
import type { PreloadMessage, Reply } from './preload-line.ts';
import type { WebContents } from './web-contents.ts';

export type Delivery = {
  readonly sender: WebContents;
  readonly frame: Frame;
  readonly ipcMain: IpcMain;
  readonly reply: (message: Reply) => void;
};

export function deliver(message: PreloadMessage, delivery: Delivery): void {
  const values = codec.decode(message.text) as unknown[];
  if (message.kind === 'send') deliverSent(message.channel, values, delivery);
  else if (message.kind === 'invoke') void deliverInvoked(message, values, delivery);
  else if (message.kind === 'passkey') void deliverPasskey(message, values, delivery);
  else delivery.sender.emit('preload-error', new PreventableEvent(), '', values[0]);
}

function deliverSent(channel: string, values: unknown[], delivery: Delivery): void {
  const { sender, ipcMain, reply } = delivery;
  const event = Object.assign(eventOf(delivery), {
    ports: [],
    reply: (name: string, ...content: unknown[]) =>
      reply({ kind: 'send', channel: name, text: codec.encode(content) }),
  });
  sender.emit('ipc-message', event, channel, ...values);
  sender.ipc.emit(channel, event, ...values);
  ipcMain.emit(channel, event, ...values);
}

async function deliverInvoked(
  { number = 0, channel }: PreloadMessage,
  values: unknown[],
  delivery: Delivery,
): Promise<void> {
  const { sender, ipcMain, reply } = delivery;
  try {
    const handler = sender.ipc.handlerOf(channel) ?? ipcMain.handlerOf(channel);
    if (!handler) throw new Error(`No handler registered for '${channel}'`);
    const event = eventOf(delivery) as unknown as Electron.IpcMainInvokeEvent;
    const text = codec.encode(await handler(event, ...values));
    reply({ kind: 'reply', number, channel, text });
  } catch (error) {
    // As in Electron: the whole error on main's console, its text to the page.
    console.error(`Error occurred in handler for '${channel}':`, error);
    reply({ kind: 'reply', number, channel, error: String(error) });
  }
}

async function deliverPasskey(
  { number = 0, channel }: PreloadMessage,
  [question]: unknown[],
  { sender, frame, reply }: Delivery,
): Promise<void> {
  const { session } = sender;
  const chosen = await session.passkeys.answer(session, question as PasskeyQuestion, frame);
  reply({ kind: 'reply', number, channel, text: codec.encode(chosen) });
}

function eventOf({ sender, frame }: Delivery) {
  return Object.assign(new PreventableEvent(), {
    type: 'frame' as const,
    sender,
    senderFrame: frame,
    processId: frame.processId,
    frameId: frame.routingId,
  });
}
