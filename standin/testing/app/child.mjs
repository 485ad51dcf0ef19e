// The fixture's utility process: answers, hands ports back their words, and ends as told.
import { parentPort } from 'electron';

process.parentPort.on('message', ({ data, ports }) => {
  const [port] = ports;
  if (port) {
    port.on('message', ({ data: word }) => port.postMessage({ heard: word }));
    port.on('close', () => process.parentPort.postMessage('port closed'));
    port.start();
  } else if (data.exit !== undefined) {
    process.exit(data.exit);
  } else if (data.reject) {
    void Promise.reject(new Error('nobody cares'));
    setImmediate(() => parentPort.postMessage('still here'));
  } else {
    const { type, argv } = process;
    parentPort.postMessage({
      echo: data,
      type,
      argument: argv.at(-1),
      setting: process.env.FIXTURE_SETTING,
    });
  }
});
