import { writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { channelDescriptor, FrameChannel } from '../../pkcs11/frame-channel.ts';

// A token process that a module has taken over: it answers as a module would that has nothing in its readers, and then
// does what is said in LIE.

const lie = process.env['LIE'] ?? '';
const name = lie === 'name' ? 'x\0--inspect' : 'a module';
const inventory = { readers: [] };

const pipe = new Socket({ fd: channelDescriptor, readable: true, writable: true });
const channel = new FrameChannel(pipe, {
  onMessage: (message) => {
    const { id, call } = message as { readonly id: number; readonly call: string };
    if (lie.startsWith('octets ')) {
      writeSync(channelDescriptor, Buffer.from(lie.slice('octets '.length), 'hex'));
      return;
    }
    channel.post({ id, value: call === 'open' ? { name } : inventory });
    if (call !== 'inventory') return;
    if (lie === 'flood') setInterval(() => channel.post({ event: 'slots-changed' }), 2);
    if (lie === 'end' || lie === 'name') setTimeout(() => process.exit(), 20);
  },
  onMalformed: () => process.exit(),
});
pipe.on('close', () => process.exit());
