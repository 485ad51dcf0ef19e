import { spawnSync } from 'node:child_process';
import { describe, expect, inject, it } from 'vitest';
import type { InstallTargetId } from '../../shared/models/credential.ts';
import type { NetworkDescription } from '../../shared/models/network.ts';
import { derOf } from '../certificates/pem.ts';
import type { InstallRooms } from '../testing/installing/install-rooms.ts';
import { InstallWorld } from '../testing/installing/install-world.ts';
import { targetsUnderTest, type TargetOfTest } from '../testing/installing/targets-under-test.ts';
import { tracesIn } from '../testing/installing/traces.ts';

const program = new URL('../testing/installing/install-program.ts', import.meta.url).pathname;
/** Milliseconds: processes, of which each runs a target's programs. */
const timeout = 1_200_000;

/** As the wallet names credentials. */
const older = '00000000-0000-4000-8000-0000000001de';
const newer = '11111111-1111-4111-8111-1111111111e1';

type Deed = 'install' | 'remove';

/** A wallet with an older and a newer credential for the same thing, that is killed over and over again. */
class Killing {
  readonly target: InstallTargetId;
  readonly world: InstallWorld;
  readonly #targetOf: TargetOfTest;
  readonly #deed: Deed;

  private constructor(targetOf: TargetOfTest, deed: Deed, world: InstallWorld) {
    this.target = targetOf(world.places).id;
    this.world = world;
    this.#targetOf = targetOf;
    this.#deed = deed;
  }

  /** The older one is installed, for a removal the newer one in its place. */
  static async prepare(targetOf: TargetOfTest, deed: Deed, world: InstallWorld): Promise<Killing> {
    const killing = new Killing(targetOf, deed, world);
    const rooms = killing.open();
    const { target } = killing;
    const networks = [networkOf(world)];
    await world.issue(rooms, { id: older, issuedAt: '2026-11-01T00:00:00.000Z', networks });
    await rooms.installer.install(older, target);
    await world.issue(rooms, { id: newer, networks });
    if (deed === 'remove') await rooms.installer.install(newer, target);
    world.keep();
    return killing;
  }

  open(): InstallRooms {
    return this.world.open(this.#targetOf(this.world.places));
  }

  /**
   * As another process, killed before one of its steps; where tests are sampled, before `sample` of them, spread over all.
   * Each time everything is as it was before.
   */
  async each(sample: number, check: (step: number) => Promise<void>): Promise<void> {
    const all = Number(this.#run(0).stdout);
    expect(all).toBeGreaterThan(10);
    const count = inject('sampled') ? Math.min(sample, all) : all;
    for (let index = 0; index < count; index += 1) {
      const step = Math.ceil(((index + 0.5) * all) / count);
      this.world.restore();
      expect(this.#run(step).signal).toBe('SIGKILL');
      await check(step);
    }
  }

  /** Which of the two lie there, key and certificate. */
  async held({ wallet, installer }: InstallRooms): Promise<readonly string[]> {
    const known = wallet.credentials.list().map((record) => installer.known(record));
    const found = await installer.target(this.target).list(known);
    return found.map(({ credentialId }) => credentialId);
  }

  /** What there is of the two, by the names of files and by the listings of NSS. */
  listed(): readonly string[] {
    const traces = Object.entries(tracesIn(this.world.home));
    return traces.flatMap(([name, what]) => [
      ...[older, newer].filter((id) => name.includes(id)),
      ...(name.startsWith('nss:') ? (what.match(/^Countersign (?!issuer).*$/gm) ?? []) : []),
    ]);
  }

  #run(step: number) {
    const words = [program, this.world.directory, this.target, this.#deed, newer, String(step)];
    const ended = spawnSync(process.execPath, words, { encoding: 'utf8' });
    if (ended.signal !== 'SIGKILL') expect(ended.status, ended.stderr).toBe(0);
    return ended;
  }
}

const networkOf = ({ root }: InstallWorld): NetworkDescription => ({
  ...{ id: 'network', name: 'Northlight', source: 'organization', ssids: ['Northlight'] },
  ...{ wired: true, serverNames: ['radius.example.test'], outerIdentity: '@example.test' },
  serverRoots: [derOf(root.certificate).toString('base64')],
});

const eventsOf = ({ wallet }: InstallRooms): readonly string[] =>
  wallet.activity.entries().map(({ event, credentialId = '' }) => `${event} ${credentialId}`);

const countOf = (events: readonly string[], event: string): number =>
  events.filter((each) => each === event).length;

const targets = Object.entries(targetsUnderTest);

describe.each(targets)('the wallet is killed by the system at %s', (target, targetOf) => {
  // What goes into NSS's databases goes there in one way.
  const patience = { timeout, tags: target === 'firefox' ? ['deep'] : [] };

  it('while it installs: the next start finishes that, and says so once', patience, async () => {
    using world = await InstallWorld.create();
    const killing = await Killing.prepare(targetOf, 'install', world);
    await killing.each(1, async (step) => {
      const rooms = killing.open();
      const hadBegun = rooms.wallet.installing.list().length > 0;
      await rooms.interrupted.recover();
      const events = eventsOf(rooms);
      const record = rooms.wallet.credentials.find(newer);
      expect(rooms.wallet.installing.list()).toEqual([]);
      if (record?.installations.length === 0) {
        // Killed before it began: nothing was there to be finished.
        expect(events.filter((each) => each.endsWith(newer))).toEqual([]);
        expect(hadBegun, `step ${step}`).toBe(false);
        return;
      }
      expect(record?.installations, `step ${step}`).toMatchObject([{ target }]);
      expect(rooms.wallet.credentials.find(older)?.installations).toEqual([]);
      expect(await killing.held(rooms)).toEqual([newer]);
      // NSS files a second certificate for a name under the first one's nickname.
      const isNss = target === 'nss' || target === 'firefox';
      if (isNss) expect(killing.listed()).toHaveLength(1);
      else expect(killing.listed().join()).not.toContain(older);
      const [told] = rooms.interrupted.list();
      expect(countOf(events, `install-finished ${newer}`)).toBe(told === undefined ? 0 : 1);
      expect(told?.outcome ?? 'finished').toBe('finished');
      expect(countOf(events, `installed ${newer}`)).toBeLessThan(2);
      expect(countOf(events, `rebound ${older}`)).toBe(1);
    });
  });

  // Of each of the other two, the first tier has one target.
  const taking = { timeout, tags: target === 'wpa-supplicant' ? [] : ['deep'] };
  const clearing = { timeout, tags: target === 'nss' ? [] : ['deep'] };

  it('while it installs what cannot be finished: no trace of it is left', clearing, async () => {
    using world = await InstallWorld.create();
    const killing = await Killing.prepare(targetOf, 'install', world);
    const before = tracesIn(world.home);
    await killing.each(1, async (step) => {
      const rooms = killing.open();
      await rooms.keys.remove(`key of ${newer}`);
      await rooms.interrupted.recover();
      // Its key was there already.
      if (rooms.wallet.credentials.find(newer)?.installations.length === 1) return;
      expect(tracesIn(world.home), `step ${step}`).toEqual(before);
      expect(rooms.wallet.credentials.find(newer)?.installations).toEqual([]);
      const undone = countOf(eventsOf(rooms), `install-rolled-back ${newer}`);
      const told = rooms.interrupted.list().map(({ outcome }) => outcome);
      expect(told).toEqual(undone === 1 ? ['rolled-back'] : []);
      expect(rooms.wallet.installing.list()).toEqual([]);
    });
  });

  it('while it removes: the next start finishes that, and says so once', taking, async () => {
    using world = await InstallWorld.create();
    const killing = await Killing.prepare(targetOf, 'remove', world);
    await killing.each(1, async (step) => {
      const rooms = killing.open();
      await rooms.interrupted.recover();
      const [told] = rooms.interrupted.list();
      if (told !== undefined) {
        expect(told).toMatchObject({ outcome: 'finished', target, credentialId: newer });
        expect(rooms.wallet.credentials.find(newer)?.installations).toEqual([]);
      }
      // Killed before it began, or after this target: the person removes it once more.
      const isLeft = rooms.wallet.credentials.find(newer) !== undefined;
      if (isLeft) await rooms.credentials.remove(newer);
      expect(killing.listed(), `step ${step}`).toEqual([]);
      expect(countOf(eventsOf(rooms), `removed-from-target ${newer}`)).toBe(1);
    });
  });
});
