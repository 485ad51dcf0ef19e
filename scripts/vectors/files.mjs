import { format, resolveConfig } from 'prettier';
import { inProject } from '../setup/project.mjs';
import { approvalsFile } from './approvals.mjs';
import { certFile } from './cert-01.mjs';
import { certificatesFile, makeCertificates } from './certificates.mjs';
import { clientFile } from './client-refusals.mjs';
import { domainProofsFile, renewalFile } from './domain-proofs.mjs';
import { registrationFile } from './key-registration.mjs';
import { keyAuthorizationFile } from './key-authorization.mjs';
import { keysFile } from './keys.mjs';
import { codesFile, hotpFile, ocraFile, totpFile } from './one-time-codes.mjs';
import { passkeyRegistrationFile } from './passkey-registration.mjs';
import { ppkpKeyFile } from './ppkp-01-key.mjs';
import { ppkpPasskeyFile } from './ppkp-01-passkey.mjs';
import { requestsFile } from './requests.mjs';
import { schema } from './schema.mjs';
import { makeWorld } from './world.mjs';

/** @returns {Promise<ReadonlyMap<string, string>>} the texts by their file names */
export async function makeFiles() {
  const world = makeWorld();
  const certificates = await makeCertificates(world);
  const files = {
    keys: keysFile(world.keys),
    certificates: certificatesFile(world, certificates),
    'key-authorization': keyAuthorizationFile(world),
    requests: requestsFile(world),
    codes: codesFile(),
    hotp: hotpFile(),
    totp: totpFile(),
    ocra: ocraFile(),
    'cert-01': certFile(world, certificates),
    'ppkp-01-passkey': ppkpPasskeyFile(world),
    'ppkp-01-key': ppkpKeyFile(world),
    'key-registration': registrationFile(world),
    'passkey-registration': passkeyRegistrationFile(world),
    'client-refusals': clientFile(world),
    'domain-proofs': domainProofsFile(world),
    'renewal-info': renewalFile(certificates),
    approvals: await approvalsFile(world, certificates),
  };
  const texts = Object.entries(files).map(async ([name, file]) => {
    const text = await write({ $schema: './vectors.schema.json', ...file });
    return [`${name}.json`, text];
  });
  return new Map([...(await Promise.all(texts)), ['vectors.schema.json', await write(schema)]]);
}

async function write(value) {
  const style = await resolveConfig(inProject('package.json'));
  return format(JSON.stringify(value), { ...style, parser: 'json' });
}
