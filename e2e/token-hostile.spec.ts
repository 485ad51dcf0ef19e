import { readdirSync, readFileSync } from 'node:fs';
import { Pkcs11Shim, type ShimmedFunction } from '../electron/testing/tokens/pkcs11-shim.ts';
import { SoftHsm } from '../electron/testing/tokens/soft-hsm.ts';
import { expect, test, type OpenWallet, type Stage } from './journey.ts';
import { addModule, answerWithCode, reachChoice } from './token-steps.ts';

const label = 'Work card';
const pin = '123456';
type Moment = 'C_GenerateKeyPair' | 'C_Sign' | 'C_CreateObject';

/** What goes wrong in the middle of a call, and how it is mended. */
interface Trouble {
  readonly sentence: RegExp;
  /** Before the call. */
  readonly arm: (moment: Moment) => void;
  /** While the call is under way. */
  readonly strike: (moment: Moment) => Promise<void>;
  readonly mend: (moment: Moment) => void;
}

interface World extends AsyncDisposable {
  readonly stage: Stage;
  readonly wallet: OpenWallet;
  readonly shim: Pkcs11Shim;
}

test.describe('A token that fails', () => {
  test.slow();

  test('by the end of its process costs one attempt each time, ten times', async ({ stage }) => {
    await using world = await openWorld(stage);
    const { shim, wallet } = world;
    const { tokens } = wallet.screens;
    for (let time = 0; time < 5; time += 1) {
      const ended = endProcess(shim);
      await expect.poll(() => processesWith(shim)).not.toContain(ended);
      await expect.poll(() => processesWith(shim)).toHaveLength(1);
      await expect(tokens.token(label)).toBeVisible();
    }
    for (let time = 0; time < 2; time += 1) {
      shim.latency('C_GetTokenInfo', 1500);
      const before = callsOf(shim, 'C_GetTokenInfo');
      await tokens.lookAgain.click();
      await called(shim, 'C_GetTokenInfo', before);
      endProcess(shim);
      await expect(tokens.addedDriver).toContainText(/The driver .+ crashed/);
      shim.latency('C_GetTokenInfo', 0);
      await tokens.lookAgain.click();
      await expect(tokens.token(label)).toBeVisible();
    }
    let before = 0;
    await enrolThrough(world, {
      sentence: /The driver .+ crashed/,
      arm: (moment) => {
        before = callsOf(shim, moment);
        shim.latency(moment, 4000);
      },
      strike: async (moment) => {
        await called(shim, moment, before);
        endProcess(shim);
      },
      mend: (moment) => shim.latency(moment, 0),
    });
  });

  test('by being pulled at each step is put back, and nothing is lost', async ({ stage }) => {
    await using world = await openWorld(stage);
    const { shim } = world;
    await enrolThrough(world, {
      sentence: /was taken out|is not plugged in/,
      arm: (moment) => shim.when(moment, { moment: 'before', then: 'remove' }),
      strike: () => expect.poll(() => shim.isRemoved).toBe(true),
      mend: () => shim.insert(),
    });
  });

  test(
    'by being pulled can be given up, and the key that was made is listed and removed',
    { tag: '@deep' },
    async ({ stage }) => {
      await using world = await openWorld(stage);
      const { shim, wallet } = world;
      const { pin: question, progress, tokens } = wallet.screens;
      shim.when('C_GenerateKeyPair', { moment: 'after', then: 'remove' });
      await startEnrolling(wallet);
      await question.answer(pin);
      await expect(progress.interrupted).toBeVisible();
      shim.insert();
      await progress.cancel.click();
      await expect(progress.cancelled).toBeVisible();
      // It is asked for to take the key away at once.
      await question.cancel.click();
      await tokens.show.click();
      await expect(tokens.token(label)).toContainText('Left behind');
      await tokens.remove.click();
      await tokens.confirmRemoval.click();
      await question.answer(pin);
      await expect(tokens.remove).toHaveCount(0);
      await expect(tokens.token(label)).toContainText('No keys and no certificates');
    },
  );
});

async function openWorld(stage: Stage): Promise<World> {
  await using made = new AsyncDisposableStack();
  const hsm = made.use(await SoftHsm.create({ label, pin }));
  const shim = made.use(await Pkcs11Shim.around(hsm));
  const others = made.use(await SoftHsm.create());
  shim.recordCalls();
  const wallet = await stage.open({ env: others.env });
  await addModule(wallet, shim);
  await expect(wallet.screens.tokens.token(label)).toBeVisible();
  const all = made.move();
  return { stage, wallet, shim, [Symbol.asyncDispose]: () => all.disposeAsync() };
}

/** From the Tokens screen to the question for the PIN. */
async function startEnrolling(wallet: OpenWallet): Promise<void> {
  const { tokens, choose } = wallet.screens;
  await tokens.home.click();
  await reachChoice(wallet);
  await choose.keyPlace(`On “${label}”`).check();
  await choose.start.click();
}

/** Trouble while the key is made, while the request is signed, and while the certificate is written. */
async function enrolThrough(
  { stage, wallet }: World,
  { sentence, arm, strike, mend }: Trouble,
): Promise<void> {
  const { page, screens } = wallet;
  const { pin: question, progress, install, credential, tokens } = screens;
  await startEnrolling(wallet);
  for (const moment of ['C_GenerateKeyPair', 'C_Sign'] as const) {
    arm(moment);
    await question.answer(pin);
    await strike(moment);
    await expect(progress.interrupted).toBeVisible();
    await expect(page.getByText(sentence).first()).toBeVisible();
    mend(moment);
    await progress.resume.click();
  }
  await question.answer(pin);
  arm('C_CreateObject');
  await answerWithCode(stage, wallet);
  await strike('C_CreateObject');
  await expect(install.done).toBeVisible();
  await expect(page.getByText(sentence).first()).toBeVisible();
  mend('C_CreateObject');
  await install.look.click();
  await credential.putThere.first().click();
  await question.answer(pin);
  await credential.howTried.first().click();
  await expect(credential.provenBySignature.first()).toBeVisible();
  await tokens.show.click();
  await expect(tokens.token(label)).toContainText('Belongs to a credential of yours');
  await expect(tokens.token(label)).toContainText('Issued by Local CA Issuer');
  await expect(tokens.remove).toHaveCount(0);
}

/** Resolves when the module is called once more than it was. */
async function called(shim: Pkcs11Shim, name: ShimmedFunction, before: number): Promise<void> {
  await expect.poll(() => callsOf(shim, name), { intervals: [50] }).toBeGreaterThan(before);
}

const callsOf = ({ calls }: Pkcs11Shim, name: ShimmedFunction): number =>
  calls.filter((call) => call === name).length;

/** Whose memory the module is in. */
function processesWith({ modulePath }: Pkcs11Shim): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && mapsOf(name).includes(modulePath))
    .map(Number);
}

/** Empty for a process that has ended meanwhile. */
function mapsOf(id: string): string {
  try {
    return readFileSync(`/proc/${id}/maps`, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error) return '';
    throw error;
  }
}

function endProcess(shim: Pkcs11Shim): number {
  const [id] = processesWith(shim);
  if (id === undefined) throw new Error('no process has the module');
  process.kill(id, 'SIGKILL');
  return id;
}
