import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Credentials } from '../../credentials/credentials.ts';
import { Installer } from '../../credentials/installer.ts';
import { InterruptedInstalls } from '../../credentials/interrupted-installs.ts';
import type { InstallTarget } from '../../install/install-target.ts';
import { failureTranslator } from '../../ipc/to-failure.ts';
import { KeyRing } from '../../keys/key-ring.ts';
import { SoftwareKeys } from '../../keys/software-keys.ts';
import { TokenKeys } from '../../keys/token-keys.ts';
import { Turns } from '../../keys/turns.ts';
import { AesGcmSealer } from '../../keystore/sealer.ts';
import { ForkedProcessLauncher } from '../../pkcs11/forked-process.ts';
import { Tokens } from '../../pkcs11/tokens.ts';
import { openWallet } from '../../wallet/wallet.ts';
import { FileSecretStore } from '../file-secret-store.ts';
import { NamedModules, tokenProgram } from '../tokens/token-world.ts';
import type { PlacesOfTest } from './targets-under-test.ts';

/** Those rooms of a wallet that install, as one process has them. */
export type InstallRooms = ReturnType<typeof openInstallRooms>;

/** `directory`: what outlives the process, the person's home among it. */
export function openInstallRooms(directory: string, targets: readonly InstallTarget[]) {
  const logged: unknown[] = [];
  const report = (_doing: string, error: unknown): void => void logged.push(error);
  const toFailure = failureTranslator((error) => logged.push(error));
  const now = (): Date => new Date();
  const { home, temporaryDirectory } = placesIn(directory);
  for (const place of [home, temporaryDirectory]) mkdirSync(place, { recursive: true });
  const wallet = openWallet({ directory: join(directory, 'wallet'), clock: now, report });
  const secrets = new FileSecretStore(join(directory, 'secrets'));
  const sealer = new AesGcmSealer({ secrets, record: wallet.masterKey });
  const keys = new SoftwareKeys({ sealer, store: wallet.sealedKeys, randomUuid: randomUUID });
  const ring = new KeyRing({ software: keys, tokens: noTokens(wallet.tokenKeys), os: null });
  const installer = new Installer({ wallet, keys: ring, targets, toFailure, now, report });
  const connect = () => Promise.reject(new Error('there is no CA'));
  const credentials = new Credentials({
    ...{ wallet, keys: ring, installer, connect, turns: new Turns(), report, now },
  });
  const interrupted = new InterruptedInstalls({ wallet, installer, report });
  return { wallet, keys, installer, credentials, interrupted, logged };
}

export const placesIn = (directory: string): PlacesOfTest => ({
  home: join(directory, "alex's home"),
  temporaryDirectory: join(directory, 'temporary'),
});

function noTokens(store: ConstructorParameters<typeof TokenKeys>[0]['store']): TokenKeys {
  const launcher = new ForkedProcessLauncher({ program: tokenProgram });
  const tokens = new Tokens({ modules: new NamedModules(), launcher, report: () => undefined });
  const askPin = () => Promise.reject(new Error('nobody is there'));
  return new TokenKeys({ tokens, store, askPin, randomBytes: (size) => Buffer.alloc(size) });
}
