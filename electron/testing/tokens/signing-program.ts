import { generateP256, LoadedModule, signDigest } from './loaded-module.ts';

// Makes a key by the module and the PIN in the arguments, and signs with it: a process that a module may take down.
const [, , modulePath = '', pin = ''] = process.argv;
using module = new LoadedModule(modulePath, {});
const session = module.open(pin);
console.log('logged in');
const { privateKey } = generateP256(module, session);
console.log(`signed ${signDigest(module, session, privateKey).length}`);
