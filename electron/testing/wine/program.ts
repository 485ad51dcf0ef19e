// Runs under Wine on Node for Windows: node program.ts <keep|find> <directory>. Results go to a file, because Wine's
// standard output cannot be a pipe there.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { currentPlatform } from '../../platform/current.ts';
import { expectTrue, runChecks, type Check, type Outcome } from './check.ts';
import { cngChecks } from './cng-checks.ts';
import { storeFinds, storeKeeps } from './crypto-api-checks.ts';
import { installStoreFinds, installStoreKeeps } from './store-checks.ts';
import {
  credentialManagerFinds,
  credentialManagerKeeps,
  dataProtectionFinds,
  dataProtectionKeeps,
} from './secret-checks.ts';

const platformChecks: readonly Check[] = [
  {
    what: '`currentPlatform` is Windows, with CNG and the Credential Manager',
    expects: 'works',
    run: () => {
      const { name, secretStore, osKeys } = currentPlatform();
      const found = `${name} ${secretStore} ${osKeys}`;
      expectTrue(found === 'windows keytar cng', found);
      return Promise.resolve();
    },
  },
];

const [, , phase, directory = '.'] = process.argv;
const outcomes: Outcome[] =
  phase === 'keep'
    ? [
        ...(await runChecks('platform', platformChecks)),
        ...(await runChecks('CNG', cngChecks)),
        ...(await runChecks('CryptoAPI', storeKeeps(directory))),
        ...(await runChecks('certificate store', installStoreKeeps(directory))),
        ...(await runChecks('Credential Manager', credentialManagerKeeps(directory))),
        ...(await runChecks('DPAPI', dataProtectionKeeps(directory))),
      ]
    : [
        ...(await runChecks('CryptoAPI', storeFinds(directory))),
        ...(await runChecks('certificate store', installStoreFinds(directory))),
        ...(await runChecks('Credential Manager', credentialManagerFinds(directory))),
        ...(await runChecks('DPAPI', dataProtectionFinds(directory))),
      ];
writeFileSync(join(directory, `${phase ?? 'find'}.json`), JSON.stringify(outcomes));
