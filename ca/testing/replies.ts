import type { RunningCa } from '../running-ca.ts';
import { AcmeClient } from './acme-client.ts';
import type { AcmeReply } from './acme-client.ts';

/** Status, problem and what is left, in one look. */
export function brief({ status, problem, body }: AcmeReply): readonly unknown[] {
  return [status, problem, body['attemptsRemaining']];
}

/** Another connection for the same account, with nonces of its own. */
export async function connectTwin(ca: RunningCa, client: AcmeClient): Promise<AcmeClient> {
  const twin = await AcmeClient.connect(ca);
  twin.keys = client.keys;
  twin.kid = client.kid;
  return twin;
}
