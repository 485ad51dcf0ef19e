import { performance } from 'node:perf_hooks';
import process from 'node:process';
import pkcs11js from 'pkcs11js';

// What is on the first token of a module, read by the least that does so: pkcs11js and the attributes that a row shows,
// nothing checked and nothing parsed. Forked, with the module's path in its arguments. Says how many objects there are
// and how long they took; once when it starts, and once for each message.

const [, , modulePath = ''] = process.argv;
const module = new pkcs11js.PKCS11();
module.load(modulePath);
module.C_Initialize({ flags: pkcs11js.CKF_OS_LOCKING_OK });
const [slot] = module.C_GetSlotList(true);
const session = module.C_OpenSession(slot, pkcs11js.CKF_SERIAL_SESSION);

const { CKA_ID, CKA_LABEL, CKA_KEY_TYPE, CKA_EC_PARAMS, CKA_VALUE } = pkcs11js;
const shown = [
  [pkcs11js.CKO_PRIVATE_KEY, [CKA_ID, CKA_LABEL, CKA_KEY_TYPE]],
  [pkcs11js.CKO_PUBLIC_KEY, [CKA_ID, CKA_LABEL, CKA_KEY_TYPE, CKA_EC_PARAMS]],
  [pkcs11js.CKO_CERTIFICATE, [CKA_ID, CKA_LABEL, CKA_VALUE]],
];

function list() {
  return shown.flatMap(([objectClass, types]) => {
    module.C_FindObjectsInit(session, [{ type: pkcs11js.CKA_CLASS, value: objectClass }]);
    const objects = module.C_FindObjects(session, 1_000);
    module.C_FindObjectsFinal(session);
    return objects.map((object) => {
      const template = types.map((type) => ({ type }));
      return module.C_GetAttributeValue(session, object, template);
    });
  });
}

function say() {
  const begin = performance.now();
  const { length } = list();
  process.send?.({ objects: length, spent: performance.now() - begin });
}

process.on('message', say);
process.on('disconnect', () => process.exit());
say();
