import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { firefoxTarget } from '../install/firefox.ts';
import type { InstallTarget } from '../install/install-target.ts';
import type { NssTargetOptions } from '../install/nss.ts';
import { linuxPlatform } from '../platform/linux.ts';
import type { NssPerson } from './nss-person.ts';
import { requireProgram } from './server-program.ts';

const run = promisify(execFile);

/** What Firefox does with its profiles, in the home of a person of a test. */
export class FirefoxPerson {
  readonly #person: NssPerson;

  constructor(person: NssPerson) {
    this.#person = person;
  }

  /** With a `profiles.ini` of Firefox's own directory. */
  get root(): string {
    return join(this.#person.home, '.mozilla', 'firefox');
  }

  target(options: Partial<NssTargetOptions> = {}): InstallTarget {
    const platform = linuxPlatform({ env: { HOME: this.#person.home }, osRelease: 'ID=debian\n' });
    return firefoxTarget({
      ...{ searchPath: '/usr/bin:/bin', temporaryDirectory: this.#person.home, environment: {} },
      now: () => new Date('2026-11-22T12:00:00Z'),
      ...options,
      platform,
    });
  }

  /** Makes profiles by these names, each with a database that trusts the person's root for servers. */
  async profiles(...names: readonly string[]): Promise<readonly string[]> {
    const directories = names.map((name) => join(this.root, `xyz.${name}`));
    for (const directory of directories) await this.#makeProfile(directory);
    const sections = names.map(
      (name, index) => `[Profile${index}]\nName=${name}\nIsRelative=1\nPath=xyz.${name}\n`,
    );
    await writeFile(
      join(this.root, 'profiles.ini'),
      `${sections.join('\n')}\n[General]\nVersion=2\n`,
    );
    return directories;
  }

  /** Firefox asks the person each time again, unless an administrator has said otherwise. */
  async askAlways(profile: string): Promise<void> {
    await writeFile(join(profile, 'user.js'), preferences);
  }

  async #makeProfile(directory: string): Promise<void> {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await writeFile(join(directory, 'user.js'), preferences + unasked);
    const root = join(this.#person.home, 'root.pem');
    await writeFile(root, this.#person.root.certificate);
    await this.nss('certutil', directory, '-N', '--empty-password');
    await this.nss('certutil', directory, '-A', '-n', 'servers', '-t', 'C,,', '-i', root);
  }

  async nss(
    tool: 'certutil' | 'modutil',
    directory: string,
    ...parameters: readonly string[]
  ): Promise<string> {
    const place = tool === 'modutil' ? '-dbdir' : '-d';
    const words = [...parameters, place, `sql:${directory}`];
    return (await run(tool, words, { env: this.#env({}) })).stdout;
  }

  /** Opens a page as somebody would who is asked nothing, and closes Firefox again. */
  async visit(profile: string, url: string, env: Record<string, string> = {}): Promise<void> {
    requireProgram('firefox-esr', 'firefox-esr');
    const picture = join(this.#person.home, 'visit.png');
    const words = ['--headless', '--no-remote', '--profile', profile, '--screenshot', picture, url];
    await run('firefox-esr', words, { env: this.#env(env), timeout: 60_000 });
  }

  /** As `visit`, with what an administrator has written into a copy of /etc. Nobody else's Firefox is told anything. */
  async visitUnder(policies: string, profile: string, url: string): Promise<void> {
    requireProgram('unshare', 'util-linux');
    const picture = join(this.#person.home, 'visit.png');
    const words = ['--headless', '--no-remote', '--profile', profile, '--screenshot', picture, url];
    const inside = [
      'mount -t tmpfs tmpfs "$0"',
      'cp -a /etc/. "$0"',
      'mkdir -p "$0/firefox/policies"',
      'cp "$1" "$0/firefox/policies/policies.json"',
      'mount --bind "$0" /etc',
      'shift',
      'exec firefox-esr "$@"',
    ].join(' && ');
    const copy = join(this.#person.home, 'etc');
    await mkdir(copy, { recursive: true });
    // Who is not root is made one in a user namespace, which not every machine allows.
    const becomeRoot = process.getuid?.() === 0 ? [] : ['--map-root-user'];
    const command = ['--mount', ...becomeRoot, 'sh', '-c', inside, copy, policies, ...words];
    await run('unshare', command, { env: this.#env({}), timeout: 60_000 });
  }

  #env(env: Record<string, string>): Record<string, string> {
    return { HOME: this.#person.home, PATH: '/usr/bin:/bin', ...env };
  }
}

const unasked = preference('security.default_personal_cert', 'Select Automatically');

/** Talks to nobody but who is visited. */
const preferences = Object.entries({
  'app.normandy.enabled': false,
  'browser.aboutwelcome.enabled': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'security.OCSP.enabled': 0,
  'services.settings.server': 'data:,#',
})
  .map(([name, value]) => preference(name, value))
  .join('');

function preference(name: string, value: unknown): string {
  return `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`;
}
