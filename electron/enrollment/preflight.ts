import { AcmeClient } from '../acme/client.ts';
import { ProfileError } from '../organizations/errors.ts';
import { contactOf } from '../organizations/profile.ts';
import { EnrollmentError } from './enrollment-error.ts';
import { accountKey } from './account.ts';
import { checkCaa } from './caa.ts';
import type { Rooms } from './rooms.ts';
import type { Run } from './run.ts';
import { accountUse } from '../credentials/account-key-change.ts';
import { checkToken } from './token-check.ts';
import { ServerTime } from './server-time.ts';

/** Seconds by which this computer's clock may differ from the CA's: certificates would look not yet valid. */
const tolerance = 300;

/** Everything that could go wrong later and can be seen now, before anything is asked of anybody. */
export async function preflight(run: Run, rooms: Rooms): Promise<AcmeClient> {
  const { plan } = run.record;
  await rooms.checkSecretStore();
  const onToken = plan.key.token !== undefined;
  await rooms.installer.preflight(plan.targets, {
    ...{ onToken, modulePath: plan.key.token?.modulePath },
    ...{ keyType: plan.key.type, networks: plan.networks },
  });
  if (onToken) await checkToken(run, rooms);
  run.signal.throwIfAborted();
  checkProfile(run, rooms);
  checkInvitation(run, rooms);
  const account = await accountKey(run.account, rooms);
  const use = accountUse(rooms.wallet, plan.organizationId, run.context);
  const http = new ServerTime(rooms.httpTo(plan.organizationId), () => rooms.clock.now());
  const client = await AcmeClient.connect(
    {
      ...rooms.acme,
      http,
      clock: rooms.clock,
      random: rooms.random,
      directoryUrl: plan.directoryUrl,
      signer: await rooms.keys.signer(account.keyId, use),
      ...(account.accountUrl === null ? {} : { accountUrl: account.accountUrl }),
    },
    run.signal,
  );
  const { skewSeconds = 0 } = http;
  if (Math.abs(skewSeconds) > tolerance) {
    throw new EnrollmentError({ code: 'clock', skewSeconds }, 'comparing the clocks');
  }
  run.caa = await checkCaa(run, rooms, client);
  return client;
}

/** An organisation's word holds until the end that it gave it. What was ordered before is still fetched. */
function checkProfile({ record }: Run, { organizations, clock }: Rooms): void {
  const profile = organizations.find(record.plan.organizationId)?.profile;
  if (profile === undefined || record.orderUrl !== undefined) return;
  if (Date.parse(profile.expires) > clock.now().getTime()) return;
  const contact = contactOf(profile.organization);
  throw new ProfileError('expired', 'the profile has expired since it was joined', { contact });
}

/** Before a key is made for an account that the CA would refuse. */
function checkInvitation({ record }: Run, { wallet, organizations }: Rooms): void {
  const { organizationId, directoryUrl } = record.plan;
  if (organizations.find(organizationId)?.profile.externalAccount !== 'required') return;
  if (organizations.hasExternalAccount(organizationId)) return;
  if (wallet.accounts.find(organizationId, directoryUrl) !== undefined) return;
  throw new EnrollmentError(
    { code: 'invitation', reason: 'required' },
    'looking for an invitation',
  );
}
