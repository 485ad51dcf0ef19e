import { posix } from 'node:path';
import {
  policyBrowsers,
  type BrowserPolicyView,
  type PolicyBrowser,
} from '../../shared/models/browser-policy.ts';
import { parseCertificate } from '../certificates/pem.ts';
import {
  standOf,
  type BrowserPolicyLocation,
  type PolicyFile,
  type PolicyStand,
} from '../install/browser-policy.ts';
import type { PolicyFiles, WriteOutcome } from '../install/browser-policy-files.ts';
import {
  filterFor,
  isMeant,
  patternFor,
  type CertificateRule,
} from '../install/browser-policy-rule.ts';
import { administratorCommand } from '../install/browser-policy-text.ts';
import { InstallError } from '../install/install-target.ts';
import { isProgram } from '../install/program-file.ts';
import type { CredentialRecord } from '../wallet/credential-store.ts';
import type { Wallet } from '../wallet/wallet.ts';
import { CredentialError } from './credential-error.ts';

export interface BrowserPoliciesOptions {
  readonly wallet: Wallet;
  /** `null`: browsers of this system are told in another way. */
  readonly location: BrowserPolicyLocation | null;
  readonly files: PolicyFiles;
  /** Directories in which browsers are looked for, as in `PATH`. */
  readonly searchPath: string;
}

type OwnRule = CertificateRule & { readonly sites: readonly string[] };

/** Has browsers show a credential to its organisation's pages without a question, as far as an administrator lets us. */
export class BrowserPolicies {
  readonly #options: BrowserPoliciesOptions;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: BrowserPoliciesOptions) {
    this.#options = options;
  }

  /** For the browsers of this computer; none when no page is known, or the certificate's names tell it from no other. */
  async list(credentialId: string): Promise<readonly BrowserPolicyView[]> {
    const record = this.#record(credentialId);
    const rule = ruleFor(record);
    if (rule === null) return [];
    const views: BrowserPolicyView[] = [];
    for (const browser of policyBrowsers) {
      const file = this.#options.location?.files[browser];
      if (!file || !(await this.#isHere(file))) continue;
      const view = await this.#view(record, rule, file);
      // What somebody has said before is shown, so that it can be taken back.
      if (view.state !== 'absent' || !this.#meansOthers(record, rule, file)) views.push(view);
    }
    return views;
  }

  async set(credentialId: string, browser: PolicyBrowser): Promise<void> {
    await this.#inTurn(async () => {
      const { record, rule, file, stand } = await this.#standNow(credentialId, browser);
      if (this.#meansOthers(record, rule, file)) {
        throw new InstallError(targetOf(browser), 'refused', 'it would mean those of others, too');
      }
      if (!stand.isOurs || !this.#options.files.canWrite) throw notOurs(browser, stand);
      const outcome = await this.#options.files.write(file.path, stand.withRule);
      this.#settle(outcome, { record, file, event: 'browser-policy-set' });
    });
  }

  async withdraw(credentialId: string, browser: PolicyBrowser): Promise<void> {
    await this.#inTurn(async () => {
      const { record, file, stand } = await this.#standNow(credentialId, browser);
      if (stand.state === 'absent') return;
      if (!stand.isInOurs || !this.#options.files.canWrite) throw notOurs(browser, stand);
      await this.#takeOut(record, file, stand);
    });
  }

  /**
   * Takes what was said of a credential out of the files, as it leaves the wallet. Not where that takes an administrator's
   * password, for nobody has asked for that: browsers go on without a certificate then. Resolves to the browsers where it stays.
   */
  async release(credentialId: string): Promise<readonly PolicyBrowser[]> {
    return this.#inTurn(async () => {
      const record = this.#record(credentialId);
      const rule = ruleFor(record);
      const left: PolicyBrowser[] = [];
      if (rule === null) return left;
      for (const file of Object.values(this.#options.location?.files ?? {})) {
        const stand = await this.#stand(record, rule, file);
        if (!stand.isInOurs || this.#isNeededByOthers(record, rule, file)) continue;
        if (this.#options.files.asksForPassword) left.push(file.browser);
        else await this.#takeOut(record, file, stand);
      }
      return left;
    });
  }

  async #takeOut(record: CredentialRecord, file: PolicyFile, stand: PolicyStand): Promise<void> {
    const { files } = this.#options;
    const { withoutRule } = stand;
    const outcome = await (withoutRule === null
      ? files.remove(file.path)
      : files.write(file.path, withoutRule));
    this.#settle(outcome, { record, file, event: 'browser-policy-withdrawn' });
  }

  #settle(
    outcome: WriteOutcome,
    done: {
      readonly record: CredentialRecord;
      readonly file: PolicyFile;
      readonly event: 'browser-policy-set' | 'browser-policy-withdrawn';
    },
  ): void {
    const { browser, path } = done.file;
    if (outcome === 'declined')
      throw new CredentialError({ code: 'cancelled' }, 'telling a browser');
    if (outcome === 'refused') throw new InstallError(targetOf(browser), 'refused', path);
    const { id: credentialId, organizationId } = done.record;
    const { event } = done;
    this.#options.wallet.activity.append({ event, organizationId, credentialId, detail: browser });
  }

  async #view(
    record: CredentialRecord,
    rule: OwnRule,
    file: PolicyFile,
  ): Promise<BrowserPolicyView> {
    const { state, path, isOurs, withRule } = await this.#stand(record, rule, file);
    const { browser } = file;
    return {
      ...{ browser, state, path, content: withRule, sites: rule.sites },
      ...(browser === 'firefox' && { everySite: true }),
      command: administratorCommand(path, withRule),
      isOffered: isOurs && this.#options.files.canWrite,
    };
  }

  async #standNow(credentialId: string, browser: PolicyBrowser) {
    const record = this.#record(credentialId);
    const rule = ruleFor(record);
    const file = this.#options.location?.files[browser];
    if (rule === null || file === undefined) {
      throw new CredentialError({ code: 'not-found' }, 'telling a browser');
    }
    return { record, rule, file, stand: await this.#stand(record, rule, file) };
  }

  #stand(record: CredentialRecord, rule: CertificateRule, file: PolicyFile): Promise<PolicyStand> {
    const others = this.#others(record).flatMap((each) => ruleFor(each) ?? []);
    return standOf(file, rule, others, this.#options.files);
  }

  /** Of renewed credentials the rules are the same, and Firefox has one for all. */
  #isNeededByOthers(record: CredentialRecord, rule: CertificateRule, file: PolicyFile): boolean {
    const rules = this.#others(record).flatMap((each) => ruleFor(each) ?? []);
    if (file.browser === 'firefox') return rules.length > 0;
    return rules.some(
      ({ filter, patterns }) =>
        JSON.stringify(filter) === JSON.stringify(rule.filter) &&
        patterns.some((pattern) => rule.patterns.includes(pattern)),
    );
  }

  /**
   * A CA may call itself and its people as another one does, and browsers compare names alone: the pages that one organisation names
   * would be shown the other's certificate. Firefox knows neither names nor pages.
   */
  #meansOthers(record: CredentialRecord, { filter }: CertificateRule, { browser }: PolicyFile) {
    if (browser === 'firefox') return false;
    return this.#others(record)
      .filter(({ organizationId }) => organizationId !== record.organizationId)
      .some(({ chain }) => isMeant(filter, parseCertificate(chain).raw));
  }

  #others({ id }: CredentialRecord): readonly CredentialRecord[] {
    return this.#options.wallet.credentials.list().filter((each) => each.id !== id);
  }

  async #isHere({ commands, path }: PolicyFile): Promise<boolean> {
    const { searchPath, files } = this.#options;
    if ((await files.read(path)) !== null) return true;
    const directories = searchPath.split(':').filter((directory) => posix.isAbsolute(directory));
    for (const directory of directories) {
      for (const command of commands) {
        if (isProgram(posix.join(directory, command))) return true;
      }
    }
    return false;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  #record(credentialId: string): CredentialRecord {
    const record = this.#options.wallet.credentials.find(credentialId);
    if (record !== undefined) return record;
    throw new CredentialError({ code: 'not-found' }, 'finding the credential');
  }
}

function ruleFor({ chain, sites, probeUrl }: CredentialRecord): OwnRule | null {
  const filter = filterFor(parseCertificate(chain).raw);
  const pages = sites ?? (probeUrl === undefined ? [] : [probeUrl]);
  const known = pages.filter((page) => patternFor(page) !== null);
  if (filter === null || known.length === 0) return null;
  const patterns = known.flatMap((page) => patternFor(page) ?? []);
  return { filter, patterns, sites: known.map((page) => new URL(page).origin) };
}

/** What the administrator has written is not ours to change. */
const notOurs = (browser: PolicyBrowser, { path }: PolicyStand): InstallError =>
  new InstallError(targetOf(browser), 'store-not-writable', path);

const targetOf = (browser: PolicyBrowser): 'firefox' | 'nss' =>
  browser === 'firefox' ? 'firefox' : 'nss';
