import { KeytarStore } from '../keystore/keytar.ts';
import { SecretServiceStore } from '../keystore/secret-service.ts';
import { KeystoreError } from '../keystore/secret-store.ts';

// Run as a process of its own, because the libraries find the bus by the environment they are started with:
//   node secret-store-program.ts <secret-service|keytar> '[["read"|"write"|"remove", name, base64 to be written], …]'
// Prints JSON: for each request, one after the other, what `read` found, as base64, or why it did not work.

type Request = readonly [verb: string, name: string, base64?: string];

const [library, requests = '[]'] = process.argv.slice(2);
const service = 'org.countersign.test';
const store = library === 'keytar' ? new KeytarStore(service) : new SecretServiceStore(service);

const outcomes: object[] = [];
for (const request of JSON.parse(requests) as readonly Request[]) {
  outcomes.push(await outcomeOf(request));
}
process.stdout.write(`${JSON.stringify(outcomes)}\n`);

async function outcomeOf([verb, name, base64 = '']: Request): Promise<object> {
  try {
    if (verb === 'write') await store.write(name, Buffer.from(base64, 'base64'));
    if (verb === 'remove') await store.remove(name);
    const found = verb === 'read' ? await store.read(name) : null;
    return { found: found && Buffer.from(found).toString('base64') };
  } catch (error) {
    if (!(error instanceof KeystoreError)) throw error;
    return { reason: error.reason, cause: error.cause instanceof Error ? error.cause.message : '' };
  }
}
