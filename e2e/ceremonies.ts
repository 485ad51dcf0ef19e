import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { _electron, type ElectronApplication, type Page } from 'playwright';
import { expect, test as base } from 'playwright/test';
import type {
  AssertionRequest,
  CreationOptions,
  RegistrationRequest,
  RequestOptions,
} from '../electron/passkeys/ceremony.ts';
import type { CeremonyApi } from '../shared/ceremony-page.ts';
import type { CeremonyTable, Ending } from './ceremony-app/main.ts';

declare global {
  interface Window {
    readonly ceremony: CeremonyApi;
  }
  var ceremonyTable: CeremonyTable;
}

const project = fileURLToPath(new URL('..', import.meta.url));
export const ceremonyPreload = join(project, 'out', 'preload', 'ceremony-preload.cjs');

/** A CA that is nowhere: nothing may ask for it. */
export const origin = 'https://ca.example:14000';
export const challenge = 'TsRKynps8WR2t_mg14_-b9KAPI5z6dVS6CzKil2SuXU';

const facts = {
  ...{ organizationId: 'organization', origin, caHost: 'ca.example:14000' },
  ...{ way: 'window', code: 'oKIywvGU', page: undefined },
} as const;
export const creation: CreationOptions = {
  challenge,
  rp: { id: 'ca.example', name: 'CA' },
  user: { id: 'AQ', name: 'alex@example.test', displayName: 'Alex' },
  pubKeyCredParams: [{ type: 'public-key', alg: -7 }],
  authenticatorSelection: { userVerification: 'required', residentKey: 'required' },
};
export const asking: RequestOptions = {
  ...{ challenge, rpId: 'ca.example', userVerification: 'required' },
};

/** An app of nothing but ceremonies (e2e/ceremony-app). */
export class CeremonyRoom {
  readonly app: ElectronApplication;

  constructor(app: ElectronApplication) {
    this.app = app;
  }

  assert(
    name: string,
    options: Partial<RequestOptions> = {},
    change: Partial<AssertionRequest> = {},
  ): Promise<void> {
    const request = { ...facts, options: { ...asking, ...options }, ...change };
    return this.app.evaluate(
      (_electron, { as, asked }) => {
        globalThis.ceremonyTable.assert(as, asked);
      },
      { as: name, asked: JSON.stringify(request) },
    );
  }

  register(
    name: string,
    options: Partial<CreationOptions> = {},
    change: Partial<RegistrationRequest> = {},
  ): Promise<void> {
    const request = { ...facts, options: { ...creation, ...options }, ...change };
    return this.app.evaluate(
      (_electron, { as, asked }) => {
        globalThis.ceremonyTable.register(as, asked);
      },
      { as: name, asked: JSON.stringify(request) },
    );
  }

  abort(name: string): Promise<void> {
    return this.app.evaluate((_electron, as) => globalThis.ceremonyTable.abort(as), name);
  }

  /** Whose word counts for the server of an organisation. */
  async trust(organizationId: string, roots: readonly string[]): Promise<void> {
    await this.app.evaluate(
      (_electron, { whose, pems }) => {
        globalThis.ceremonyTable.roots[whose] = pems;
      },
      { whose: organizationId, pems: [...roots] },
    );
  }

  /** A person compared the words of that organisation, and nobody else vouches for it. */
  async compare(organizationId: string): Promise<void> {
    await this.app.evaluate((_electron, whose) => {
      globalThis.ceremonyTable.compared.push(whose);
    }, organizationId);
  }

  /** The window of the ceremony that is started by `start`. */
  async windowOf(start: () => Promise<void>): Promise<Page> {
    const opened = this.app.waitForEvent('window');
    await start();
    return opened;
  }

  /** How it ended, once it has. */
  async ended(name: string): Promise<Ending> {
    const look = () =>
      this.app.evaluate((_electron, as) => globalThis.ceremonyTable.ended[as], name);
    await expect.poll(look).toBeDefined();
    const found = await look();
    if (found === undefined) throw new Error(`${name} has not ended`);
    return found;
  }

  countWindows(): Promise<number> {
    return this.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length);
  }
}

export const test = base.extend<{ room: CeremonyRoom }>({
  // eslint-disable-next-line no-empty-pattern -- Playwright reads the names of the fixtures from this pattern
  room: async ({}, use) => {
    // Electron's own Node does not run the sources of the test app.
    test.skip(process.env['E2E_HOST'] === 'electron', 'the test app is made of sources');
    const userData = await mkdtemp(join(tmpdir(), 'countersign-ceremony-'));
    const app = await _electron.launch({
      executablePath: join(project, 'standin', 'standin-electron'),
      args: [join(project, 'e2e', 'ceremony-app'), `--user-data-dir=${userData}`],
      env: { ...(process.env as Record<string, string>), STANDIN_HEADLESS: '1' },
    });
    await (await app.firstWindow()).waitForURL(/^data:/);
    await use(new CeremonyRoom(app));
    await app.close();
    await rm(userData, { recursive: true, force: true, maxRetries: 5 });
  },
});

export { expect } from 'playwright/test';
