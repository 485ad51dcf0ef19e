// The project's CA in a process of its own, so that its work is not counted as the client's. Ends with its standard input.
import { startCa } from '../../../ca/server.ts';

const [httpPort = '', names = ''] = process.argv.slice(2);
const ca = await startCa({
  httpPort: Number(httpPort),
  hosts: Object.fromEntries(names.split(',').map((name) => [name, '127.0.0.1'])),
  externalAccountRequired: false,
  // Every certificate is due as soon as it is there.
  renewal: { start: 0, end: 1e-6 },
});
const { directoryUrl, rootPem } = ca;
console.log(JSON.stringify({ directoryUrl, rootPem }));
process.stdin.on('end', () => void ca.stop()).resume();
