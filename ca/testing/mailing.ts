import type { ApprovalDocument } from '../approvals/document.ts';
import { canonicalDigest } from '../canonical-json.ts';
import { createCorrespondence } from '../mail/correspondence.ts';
import { createMailer } from '../mail/mailer.ts';
import type { Mailer } from '../mail/mailer.ts';
import type { MailServer } from '../mail/mail-server.ts';
import { createSender } from '../mail/sender.ts';
import { createOrganizations } from '../organizations.ts';
import type { State } from '../state.ts';
import type { LogEvent, NewLogEntry } from '../state/approval-log.ts';
import type { ApprovalRequest } from '../state/approvals.ts';
import { createUrls } from '../urls.ts';

export const mailUrls = createUrls('https://ca.example');
const at = new Date('2026-12-01T00:00:00Z');
export const REQUEST_URL = mailUrls.to('approval', 'evOGpD-hFJRzLaVqzqyTWA');

type People = Readonly<Record<string, string>>;

/**
 * An organisation with a request by its requester: `people` are names by id. Those that begin with `approver`
 * approve, and `requester` asks; a service may ask in their place.
 */
export function openRequest(
  state: State,
  people: People,
  { organization = 'Example Corp', service }: { organization?: string; service?: string } = {},
): ApprovalRequest {
  const { id } = createOrganizations({ state, clock: () => at }).create({ name: 'Corp' });
  for (const [person, name] of Object.entries(people)) {
    const email = `${person}@corp.example`;
    state.persons.add({ id: person, name, email, role: 'employee', registered: at });
    const role = person.startsWith('approver') ? 'approver' : 'requester';
    state.members.add({ organizationId: id, subject: `person:${person}`, role }, at);
  }
  const { requester: name = '' } = people;
  const requestedBy =
    service === undefined ? { name, email: 'requester@corp.example' } : { service };
  const document: ApprovalDocument = {
    ...{ version: 1, kind: 'standing', url: REQUEST_URL, organization, requestedBy },
    proposedBy: { name: people['approver1'] ?? '', email: 'approver1@corp.example' },
    ...{ profile: 'one-time-code-signing', usages: ['1.3.6.1.5.5.7.3.3'], lifetime: 900 },
    identifiers: [{ type: 'dns', value: 'corp.example' }],
    ...{ count: 10, until: '2126-12-24T00:00:00Z', reason: 'See https://evil.example/ at once' },
    rule: { approvals: 2, by: ['ppkp-01'], hardware: false },
    ...{ requested: '2026-12-01T00:00:00Z', expires: '2126-12-02T00:00:00Z' },
  };
  return state.approvals.add({
    ...{ id: 'evOGpD-hFJRzLaVqzqyTWA', organizationId: id, orderId: undefined, document },
    requester: service === undefined ? 'person:requester' : `service:${service}`,
    asker: 'person:approver1',
    ...{ digest: canonicalDigest(document), requestedAt: at, expiresAt: new Date('2126-12-02') },
  });
}

/** What the CA's resources write when something happens. */
export function enter(state: State, event: LogEvent, details: Partial<NewLogEntry> = {}): void {
  state.approvalLog.append({ event, at, organization: 'Corp', request: REQUEST_URL, ...details });
}

export type Mailing = { readonly mailer: Mailer; readonly lines: readonly string[] };

export function startMailing(
  state: State,
  server: Partial<MailServer> & Pick<MailServer, 'port'>,
  root = '',
): Mailing {
  const lines: string[] = [];
  const clock = (): Date => new Date();
  const mailer = createMailer({
    ...{ state, clock, retrySeconds: [0.1], log: (line: string) => void lines.push(line) },
    correspondence: createCorrespondence({ state, urls: mailUrls, clock }),
    sender: createSender({
      server: { host: '127.0.0.1', security: 'none', ...server },
      from: 'ca@corp.example',
      root,
    }),
  });
  return { mailer, lines };
}
