import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import pkcs11js from 'pkcs11js';
import { LoadedModule, returnValueOf } from './loaded-module.ts';

/** What is asked of the program, and what it says when it did that. */
export type TokenQuestion =
  | { readonly ask: 'tokens' }
  | { readonly ask: 'login'; readonly pin: string }
  /** ECDSA or RSA PKCS #1 v1.5 with SHA-256, over `text`; with the PIN of this one operation where that is wanted. */
  | { readonly ask: 'sign'; readonly id: string; readonly text: string; readonly pin?: string }
  | { readonly ask: 'events' };

// Uses the module in its arguments by bare pkcs11js, for who must not have that in the own process: some modules
// read the environment once and for all. Forked; answers each message with one message.
const [, , modulePath = ''] = process.argv;
const module = new LoadedModule(modulePath, {});
const events: string[] = [];
let session: Buffer | null = null;
let worker: Worker | null = null;

process.on('message', (question: TokenQuestion) => {
  process.send?.(answer(question));
});
process.on('disconnect', () => process.exit());

function answer(question: TokenQuestion): unknown {
  switch (question.ask) {
    case 'tokens':
      return module.slots.map((slot) => {
        const { label, serialNumber, flags } = module.pkcs11.C_GetTokenInfo(slot);
        return { label: label.trim(), serial: serialNumber.trim(), flags };
      });
    case 'login':
      return returnValueOf(() => {
        session = module.open();
        module.pkcs11.C_Login(session, pkcs11js.CKU_USER, question.pin);
      });
    case 'sign': {
      let signature = '';
      const value = returnValueOf(() => (signature = sign(question)));
      return { value, signature };
    }
    case 'events':
      worker ??= listen();
      return events;
  }
}

function sign(question: Extract<TokenQuestion, { ask: 'sign' }>): string {
  if (session === null) throw new Error('not logged in');
  const { pkcs11 } = module;
  const [key] = module.find(session, [
    { type: pkcs11js.CKA_CLASS, value: pkcs11js.CKO_PRIVATE_KEY },
    { type: pkcs11js.CKA_ID, value: Buffer.from(question.id, 'hex') },
  ]);
  if (key === undefined) throw new Error(`there is no key ${question.id}`);
  const [type] = pkcs11.C_GetAttributeValue(session, key, [{ type: pkcs11js.CKA_KEY_TYPE }]);
  const isRsa = Buffer.isBuffer(type?.value) && type.value[0] === pkcs11js.CKK_RSA;
  const mechanism = isRsa ? pkcs11js.CKM_SHA256_RSA_PKCS : pkcs11js.CKM_ECDSA;
  pkcs11.C_SignInit(session, { mechanism }, key);
  if (question.pin !== undefined) {
    pkcs11.C_Login(session, pkcs11js.CKU_CONTEXT_SPECIFIC, question.pin);
  }
  const digest = createHash('sha256').update(question.text).digest();
  const data = isRsa ? Buffer.from(question.text) : digest;
  return pkcs11.C_Sign(session, data, Buffer.alloc(512)).toString('hex');
}

function listen(): Worker {
  const listener = new Worker(join(import.meta.dirname, 'slot-event-worker.ts'), {
    workerData: modulePath,
  });
  listener.on('message', (event: string) => events.push(event));
  return listener;
}
