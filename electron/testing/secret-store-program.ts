import { KeytarStore } from '../keystore/keytar.ts';
import { SecretServiceStore } from '../keystore/secret-service.ts';
import { KeystoreError } from '../keystore/secret-store.ts';

// Run as a process of its own, because the libraries find the bus by the environment they are started with:
//   node secret-store-program.ts <secret-service|keytar> <read|write|remove> <name> [base64]
// Prints one line of JSON: what `read` found, as base64, or why it did not work.

const [library, verb, name = '', base64 = ''] = process.argv.slice(2);
const service = 'org.countersign.test';
const store = library === 'keytar' ? new KeytarStore(service) : new SecretServiceStore(service);

try {
  if (verb === 'write') await store.write(name, Buffer.from(base64, 'base64'));
  if (verb === 'remove') await store.remove(name);
  const found = verb === 'read' ? await store.read(name) : null;
  print({ found: found && Buffer.from(found).toString('base64') });
} catch (error) {
  if (!(error instanceof KeystoreError)) throw error;
  print({ reason: error.reason, cause: error.cause instanceof Error ? error.cause.message : '' });
}

function print(outcome: object): void {
  process.stdout.write(`${JSON.stringify(outcome)}\n`);
}
