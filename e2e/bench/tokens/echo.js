import process from 'node:process';

// Answers each message at once with as much as a signature: what it takes to have anything done by another process.

process.on('message', () => process.send?.({ id: 1, value: new Uint8Array(256) }));
process.on('disconnect', () => process.exit());
