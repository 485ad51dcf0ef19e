import { radiusUsers, startRadiusServer } from '../ca/testing/radius-server.ts';
import type { RunningRadiusServer } from '../ca/testing/radius-server.ts';
import { hotpCode, ocraAnswer } from './code-makers.ts';
import { countersign, fingerprintOf, startCountersign } from './command.ts';
import {
  ask,
  askForMore,
  expect,
  idOf,
  offer,
  person,
  reachProof,
  test as base,
} from './journey.ts';
import type { OpenWallet, Stage } from './journey.ts';

const test = base.extend<{ readonly radius: RunningRadiusServer }>({
  // eslint-disable-next-line no-empty-pattern -- Playwright reads the names of the fixtures from this pattern
  radius: async ({}, use) => {
    const radius = await startRadiusServer();
    await use(radius);
    await radius.stop();
  },
  caOptions: async ({ radius }, use) => {
    await use({ radius });
  },
});

base.describe('Of several ways to prove who one is', () => {
  base(
    'the wallet proposes one, the person takes another: a code ahead of the counter',
    async ({ stage }) => {
      const { codes } = stage.localCa.ca.people;
      codes.setUpHotp(idOf(stage.localCa));
      stage.localCa.ca.faults.arm({ kind: 'unknownChallenges' });
      const wallet = await stage.open();
      const { page, screens } = wallet;
      await reachProof(wallet);
      await expect(page.getByText('Proposed: the strongest way that works now.')).toBeVisible();
      await page.getByText('2 more ways that Countersign does not take').click();
      await expect(page.getByText('unheard-of-01', { exact: true })).toBeVisible();
      await expect(page.getByText('This version cannot do that.').first()).toBeVisible();

      await screens.prove.another.click();
      await screens.prove.way('Next code from your code generator').click();
      await expect(screens.prove.anyCode).toBeFocused();
      await expect(page.getByText('Proposed: the strongest way that works now.')).toHaveCount(0);
      // Used up long ago, as by somebody who looked over a shoulder.
      await screens.prove.answerAnyCode(countedCode(stage, 40));
      await expect(screens.prove.failure).toContainText('4 tries left');
      await screens.prove.answerAnyCode(countedCode(stage, 3));
      await expect(screens.install.ready).toBeVisible();
      expect(codes.hotp(idOf(stage.localCa))?.counter).toBe(4);
    },
  );

  base(
    'none can be one that this version has, or that is safe: nothing is answered',
    async ({ stage }) => {
      const { faults, requestLog } = stage.localCa.ca;
      faults.arm({ kind: 'unknownChallenges', alone: true });
      const wallet = await stage.open();
      const { page, screens } = wallet;
      const says = (text: string) => expect(page.getByText(text)).toBeVisible();
      await screens.welcome.tryLocalCa.click();
      await screens.organization.accept.click();
      await ask(wallet, offer);
      await expect(screens.progress.failed).toBeVisible();
      await says('This organisation asks for something this version cannot do');

      faults.arm({ kind: 'besideDomainProof' });
      await screens.progress.again.click();
      await ask(wallet, offer);
      await expect(screens.progress.failed).toBeVisible();
      await says('Countersign does not prove a domain in this way');
      expect(requestLog.count({ resource: 'challenge', method: 'POST' })).toBe(0);

      await screens.progress.again.click();
      await ask(wallet, offer);
      await screens.prove.answer(await stage.code());
      await expect(screens.install.ready).toBeVisible();
    },
  );
});

base.describe('A code that the organisation is looking at', () => {
  base(
    'is waited for by whoever comes back after a power cut, and not sent again',
    { tag: '@deep' },
    async ({ stage }) => {
      const { faults, requestLog } = stage.localCa.ca;
      const run = { stage };
      const link = stage.localCa.invite(person);
      const joined = await countersign(
        run,
        'join',
        link,
        '--fingerprint',
        await fingerprintOf(stage),
      );
      const { organization } = joined as { readonly organization: { readonly id: string } };
      faults.arm({ kind: 'challengeProcessing', polls: 4 });
      const cut = startCountersign(
        run,
        ...['enroll', '--organization', organization.id, '--offer', 'wifi-vpn'],
        ...['--token', 'software', '--install', 'none', '--otp-fd', '4'],
      );
      const ended = expect(cut.result).rejects.toThrow('ended with null');
      const answers = () => requestLog.count({ resource: 'challenge', method: 'POST' });
      await expect.poll(answers).toBe(1);
      cut.kill();
      await ended;
      const [, enrollmentId = ''] = /"enrollmentId":"([^"]+)"/.exec(cut.events.join('\n')) ?? [];
      const resumed = ['enroll', '--resume', enrollmentId, '--otp-fd', '4'];
      expect(await countersign(run, ...resumed)).toMatchObject({ subject: person });
      expect(answers()).toBe(1);
    },
  );
});

test.describe('A contractor', () => {
  test('proves themselves by what a device answers to a number, later by a RADIUS server that takes its time', async ({
    stage,
    radius,
  }) => {
    const { people } = stage.localCa.ca;
    const suite = 'OCRA-1:HOTP-SHA256-8:QN08';
    people.codes.setUpOcra(idOf(stage.localCa), suite);
    const wallet = await openAsContractor(stage);
    const { prove, install } = wallet.screens;
    const number = await shownNumber(wallet);
    await prove.answerAnyCode('00000000');
    await expect(prove.failure).toContainText('4 tries left');
    await expect(prove.displayed).not.toContainText(number);
    await prove.answerAnyCode(ocraAnswer(suite, keyOf(stage), await shownNumber(wallet)));
    await expect(install.ready).toBeVisible();

    const { userName, password } = radiusUsers.slow;
    people.codes.setUpRadius(idOf(stage.localCa), userName);
    await askForMore(wallet, 'Contractor');
    await prove.answerAnyCode('no such push');
    await expect(prove.processing).toBeVisible();
    await expect(prove.failure).toContainText('4 tries left');
    await prove.answerAnyCode(password);
    await expect(prove.processing).toBeVisible();
    await expect(install.ready).toBeVisible();
    expect(radius.judged(userName)).toBe(2);
  });

  test(
    'is led by the words of the RADIUS server from a PIN to a code',
    { tag: '@deep' },
    async ({ stage }) => {
      const { userName, pin, code, said } = radiusUsers.steps;
      stage.localCa.ca.people.codes.setUpRadius(idOf(stage.localCa), userName);
      const wallet = await openAsContractor(stage);
      const { page, screens } = wallet;
      await screens.prove.answerAnyCode(pin);
      await expect(page.getByText(said)).toBeVisible();
      await expect(page.getByText('That was right, and one more is needed')).toBeVisible();
      await screens.prove.answerAnyCode(code);
      await expect(screens.install.ready).toBeVisible();
    },
  );
});

async function openAsContractor(stage: Stage): Promise<OpenWallet> {
  const wallet = await stage.open();
  await wallet.screens.welcome.tryLocalCa.click();
  await wallet.screens.organization.accept.click();
  await ask(wallet, 'Contractor');
  await wallet.screens.prove.anyCode.waitFor();
  return wallet;
}

/** What the person's token shows after it was pressed so many times more than the CA knows of. */
function countedCode({ localCa }: Stage, ahead: number): string {
  const setup = localCa.ca.people.codes.hotp(idOf(localCa));
  if (setup === undefined) throw new Error('the person has no token that counts');
  return hotpCode(setup.secret, setup.counter + ahead, setup.digits);
}

function keyOf({ localCa }: Stage): string {
  const setup = localCa.ca.people.codes.otp(idOf(localCa));
  if (setup?.kind !== 'ocra') throw new Error('the person has no token that answers to a number');
  return setup.secret;
}

async function shownNumber({ screens }: OpenWallet): Promise<string> {
  const [number] = /\d{8}/.exec(await screens.prove.displayed.innerText()) ?? [];
  if (number === undefined) throw new Error('no number is shown');
  return number;
}
