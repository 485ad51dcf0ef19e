import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import type { Result } from '../../shared/failure.ts';
import type { WalletSnapshot } from '../../shared/models/wallet.ts';
import { TokenCare } from '../credentials/token-care.ts';
import type { House } from '../house.ts';
import { timestampExchange } from '../http/timestamp-exchange.ts';
import { openBorder } from '../ipc/border.ts';
import { notifierFor } from '../ipc/notifier.ts';
import { failureTranslator } from '../ipc/to-failure.ts';
import { PinDesk } from '../keys/pin-desk.ts';
import { Previews } from '../organizations/previews.ts';
import { linuxPlatform } from '../platform/linux.ts';
import { browserPoliciesOf, usesOf } from '../uses.ts';
import { wire } from '../wiring.ts';
import type { Process } from './wallet-process.ts';

/** The page of a wallet, as main knows it. */
export interface Page {
  /** By the name of the contract, `group/entry`. */
  readonly ask: (entry: string, request: object) => Promise<Result<unknown>>;
  /** All that left for the page, answers included, oldest first. */
  readonly heard: readonly { readonly channel: string; readonly payload: unknown }[];
  /** What the page knows now; undefined until it was told. */
  readonly snapshot: () => WalletSnapshot | undefined;
}

/** Puts the border before a process: what is asked passes it as what a page asks does. */
export function pageOf(process: Process): Page {
  const heard: { readonly channel: string; readonly payload: unknown }[] = [];
  const report = (_doing: string, error?: unknown): void => void process.logged.push(error);
  const toFailure = failureTranslator((error) => process.unforeseen.push(error));
  const send = (channel: string, payload: unknown): void => void heard.push({ channel, payload });
  const handlers = wire(houseOf(process), {
    ...{ version: '0.0.0', localCaOffered: false, systemLanguages: () => ['en'] },
    notifier: notifierFor(() => ({ send }) as never),
    applyTheme: () => undefined,
    chooseProfileFile: () => Promise.resolve(null),
    chooseModule: () => Promise.resolve(null),
    chooseNetworkFile: () => Promise.resolve(null),
    chooseDocument: () => Promise.resolve(null),
    saveDocumentAs: () => Promise.resolve(null),
    save: () => Promise.resolve(false),
    openExternal: () => Promise.resolve(),
    notify: () => undefined,
    ...{ toFailure, report },
  });
  const doors = new Map<string, (event: null, request: unknown) => Promise<Result<unknown>>>();
  openBorder<null>(() => Promise.resolve(handlers), {
    handle: (channel, door) => doors.set(channel, door),
    isOurMainFrame: () => true,
    toFailure,
  });
  const ask = async (entry: string, request: object): Promise<Result<unknown>> => {
    const answer = await doors.get(`wallet:${entry}`)?.(null, request);
    if (answer === undefined) throw new Error(`no door ${entry}`);
    heard.push({ channel: entry, payload: answer });
    return answer;
  };
  const snapshot = () =>
    heard.findLast(({ channel }) => channel === 'wallet:wallet/changed')?.payload as
      WalletSnapshot | undefined;
  return { ask, heard, snapshot };
}

const surroundings = {
  platform: linuxPlatform({ env: { HOME: '/nonexistent' }, osRelease: null }),
  ...{ searchPath: '/nonexistent', temporaryDirectory: tmpdir(), environment: {} },
  now: () => new Date(),
};

function houseOf(process: Process): House {
  const { wallet, organizations, enrollments, credentials, registrations, authenticator } = process;
  const { ring: keys, tokens, installer, interrupted } = process;
  const close = async (): Promise<void> => {
    await enrollments.close();
    wallet.close();
  };
  return {
    ...{ wallet, organizations, enrollments, credentials, registrations, authenticator },
    approvals: process.approvals,
    ...{ keys, tokens, interrupted, tokenCare: new TokenCare({ tokens, keys, wallet }) },
    previews: new Previews({
      store: organizations,
      fetchProfile: () => Promise.reject(new Error('nobody opens anything')),
      ...{ vouchers: [], isFamiliar: () => Promise.resolve(false), localCaPath: null },
      ...{ clock: () => new Date(), randomUuid: () => randomUUID() },
    }),
    pinDesk: new PinDesk({ randomUuid: () => randomUUID() }),
    ...usesOf({
      ...surroundings,
      browserPolicies: browserPoliciesOf(surroundings, wallet),
      ...{ wallet, keys, tokens, credentials, exchange: timestampExchange() },
    }),
    ...{ installTargets: installer.targetIds, deviceName: 'test-computer' },
    checkSecretStore: () => Promise.resolve(),
    ...{ close, closing: new AbortController().signal },
  };
}
