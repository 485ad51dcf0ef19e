import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { windowsProgram } from '../electron/testing/program-samples.ts';
import { openRequest, readByKeyboard } from './approval-steps.ts';
import { countersign, fingerprintOf } from './command.ts';
import { domain, expect, test, usePasskey } from './company.ts';

const run = promisify(execFile);

test('What two have approved beforehand lets a build sign as often as they said, and no more', async ({
  company,
  folder,
}) => {
  test.slow();
  const machine = await company.machine('build');
  const [kim, robin] = await Promise.all([company.colleague('Kim'), company.colleague('Robin')]);
  const [atKim, atRobin] = await Promise.all([kim.join(), robin.join()]);
  const { approvals } = atKim.screens;
  await approvals.show.click();
  await approvals.propose.click();
  const { proposal } = approvals;
  const build = proposal.requester.getByRole('option').filter({ hasText: 'build' });
  await proposal.requester.selectOption((await build.getAttribute('value')) ?? '');
  await proposal.count.fill('2');
  await proposal.reason.fill('Nightly builds until Christmas');
  await proposal.submit.click();
  await readByKeyboard(atKim);
  await usePasskey(atKim, kim.passkey, () => atKim.screens.approval.approveByPasskey.click());
  await expect(atKim.screens.approval.approved).toBeVisible();

  const stage = machine;
  const joined = await countersign(
    { stage },
    ...['join', machine.invitation, '--fingerprint', await fingerprintOf(stage)],
  );
  const { organization } = joined as { readonly organization: { readonly id: string } };
  const sign = async (name: string): Promise<string> => {
    const source = join(folder, name);
    await writeFile(source, windowsProgram());
    await countersign(
      { stage },
      ...['sign', '--once', '--with', 'osslsigncode', '--organization', organization.id],
      ...['--offer', `one-time-code-${domain}`, source],
    );
    return source.replace('.exe', '.signed.exe');
  };
  await expect(sign('too-early.exe')).rejects.toThrow('ended with 10');

  await openRequest(atRobin);
  await readByKeyboard(atRobin);
  await expect(atRobin.screens.approval.exact('count')).toHaveText('2');
  await usePasskey(atRobin, robin.passkey, () => atRobin.screens.approval.approveByPasskey.click());
  await expect(atRobin.screens.approval.approved).toBeVisible();

  const roots = join(folder, 'roots.pem');
  await writeFile(roots, company.localCa.ca.rootPem);
  for (const name of ['monday.exe', 'tuesday.exe']) {
    const signed = await sign(name);
    const trust = ['-CAfile', roots, '-TSA-CAfile', roots];
    const { stdout } = await run('osslsigncode', ['verify', ...trust, signed]);
    expect(stdout).toContain('Signature verification: ok');
  }
  await expect(sign('wednesday.exe')).rejects.toThrow('ended with 10');
});
