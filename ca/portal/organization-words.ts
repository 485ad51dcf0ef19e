import type { OrganizationError } from '../organizations.ts';
import type { ApprovalStatus } from '../status.ts';
import type { LogEvent } from '../state/approval-log.ts';
import type { MemberRole } from '../state/members.ts';
import type { Language } from './language.ts';

type Refusals = Readonly<Record<OrganizationError['code'], string>>;

type OrganizationWords = {
  readonly organizations: string;
  readonly organization: string;
  readonly lead: string;
  readonly none: string;
  readonly name: string;
  readonly domain: string;
  readonly domainOptional: string;
  readonly add: string;
  readonly openRequests: string;
  readonly domains: string;
  readonly domainsLead: string;
  readonly noDomains: string;
  readonly addDomain: string;
  readonly members: string;
  readonly membersLead: string;
  readonly noMembers: string;
  readonly member: string;
  readonly roles: Readonly<Record<MemberRole, string>>;
  readonly role: string;
  readonly addMember: string;
  readonly service: (name: string) => string;
  readonly removeRole: (name: string, role: string) => string;
  readonly remove: string;
  readonly removeNamed: (name: string) => string;
  readonly rules: string;
  readonly rulesLead: string;
  readonly required: string;
  readonly byPasskey: string;
  readonly byCertificate: string;
  readonly hardware: string;
  readonly hours: string;
  readonly setRule: string;
  readonly resetRule: string;
  readonly ownRule: string;
  readonly usualRule: string;
  readonly requests: string;
  readonly requestsLead: string;
  readonly noRequests: string;
  readonly requestedBy: string;
  readonly what: string;
  readonly approvals: string;
  readonly missing: string;
  readonly until: string;
  readonly status: string;
  readonly statuses: Readonly<Record<ApprovalStatus, string>>;
  readonly log: string;
  readonly logLead: string;
  readonly logSound: (length: number) => string;
  readonly logDamaged: (sequence: number) => string;
  readonly logLatest: (most: number) => string;
  readonly number: string;
  readonly at: string;
  readonly event: string;
  readonly events: Readonly<Record<LogEvent, string>>;
  readonly by: string;
  readonly details: string;
  readonly refusals: Refusals;
  readonly badDomain: string;
  readonly linkTitle: string;
  readonly linkLead: string;
  readonly linkCode: string;
  readonly linkWarning: string;
  readonly badLink: string;
};

const english: OrganizationWords = {
  organizations: 'Organisations',
  organization: 'Organisation',
  lead: 'In their names programs and documents are signed, once the people you name here have approved.',
  none: 'None yet. Add the first one below.',
  name: 'Name',
  domain: 'Domain',
  domainOptional: 'Domain (more can follow)',
  add: 'Add an organisation',
  openRequests: 'Open requests',
  domains: 'Domains',
  domainsLead: 'Certificates name one of these. Nobody proves control of them: you vouch for it.',
  noDomains: 'None yet, so nothing can be requested.',
  addDomain: 'Add the domain',
  members: 'Members',
  membersLead:
    'Requesters ask for certificates; services can be that as well. Approvers agree or decline, never about what is for themselves. Auditors read everything, the log as well.',
  noMembers: 'Nobody yet.',
  member: 'Member',
  roles: { requester: 'Requester', approver: 'Approver', auditor: 'Auditor' },
  role: 'Role',
  addMember: 'Add the member',
  service: (name) => `Service ${name}`,
  removeRole: (name, role) => `Remove ${name} as ${role}`,
  remove: 'Remove',
  removeNamed: (name) => `Remove ${name}`,
  rules: 'Rules',
  rulesLead:
    'How many have to approve, by what, and within which time. Each certificate needs them.',
  required: 'Approvers',
  byPasskey: 'By passkey or key pair',
  byCertificate: 'By a certificate',
  hardware: 'A certificate counts only with its key on a card or token',
  hours: 'Hours to decide',
  setRule: 'Set the rule',
  resetRule: 'Back to the usual rule',
  ownRule: 'A rule of this organisation.',
  usualRule: 'The usual rule.',
  requests: 'Open requests',
  requestsLead: 'They are decided in the wallets of the approvers, nowhere else.',
  noRequests: 'None.',
  requestedBy: 'Requested by',
  what: 'Certificate',
  approvals: 'Approved by',
  missing: 'May still decide',
  until: 'Until',
  status: 'Status',
  statuses: {
    pending: 'Open',
    approved: 'Approved',
    declined: 'Declined',
    expired: 'Expired',
    withdrawn: 'Withdrawn',
    spent: 'Used up',
  },
  log: 'Log of approvals',
  logLead:
    'Each entry has the digest of the one before, and the last is sealed with a key that is not in the database.',
  logSound: (length) => `The log was just read and is unchanged: ${length} entries.`,
  logDamaged: (sequence) =>
    `The log of approvals was changed: entry ${sequence} is not what it was. Nothing is approved, and nothing issued under approvals, until whoever runs this CA has found out why.`,
  logLatest: (most) => `The latest ${most} are shown.`,
  number: 'No.',
  at: 'At',
  event: 'What',
  events: {
    'organization-added': 'Organisation added',
    'member-added': 'Member added',
    'member-removed': 'Member removed',
    'rule-changed': 'Rule changed',
    'domain-added': 'Domain added',
    'domain-removed': 'Domain removed',
    requested: 'Requested',
    proposed: 'Standing approval proposed',
    decided: 'Decided',
    granted: 'Granted',
    withdrawn: 'Withdrawn',
    message: 'Message',
    issued: 'Issued',
    revoked: 'Revoked',
  },
  by: 'By',
  details: 'Details',
  refusals: {
    badName: 'Enter a name of up to 80 characters.',
    nameTaken: 'There is an organisation of this name already.',
    domainTaken: 'Another organisation has this domain.',
    unknown: 'There is no such organisation.',
    unknownMember: 'Choose one of the people and services.',
    badRole: 'Choose one of the roles. A service can be a requester and nothing else.',
    badRule: 'A rule asks for 1 to 8 approvers, by one way at least, within 1 to 720 hours.',
  },
  badDomain: 'Enter a domain such as corp.example, without an asterisk.',
  linkTitle: 'Go on in Countersign',
  linkLead:
    'You came by a link to a request for approval. Countersign, on your computer, shows it to whoever may see it: open it there, or scan the code.',
  linkCode: 'Link to the request, as a code to scan',
  linkWarning:
    'This page cannot approve anything, and asks for no password, PIN or code. You approve in Countersign alone, once you have read there what it is.',
  badLink:
    'This link does not lead to a request at this CA. Look under Approvals in Countersign instead.',
};

const german: OrganizationWords = {
  organizations: 'Organisationen',
  organization: 'Organisation',
  lead: 'In ihrem Namen werden Programme und Dokumente signiert, sobald die Personen, die Sie hier benennen, es freigegeben haben.',
  none: 'Noch keine. Legen Sie unten die erste an.',
  name: 'Name',
  domain: 'Domain',
  domainOptional: 'Domain (weitere können folgen)',
  add: 'Organisation anlegen',
  openRequests: 'Offene Anfragen',
  domains: 'Domains',
  domainsLead:
    'Zertifikate nennen eine von ihnen. Niemand weist nach, über sie zu verfügen: Sie stehen dafür ein.',
  noDomains: 'Noch keine, also kann nichts angefragt werden.',
  addDomain: 'Domain hinzufügen',
  members: 'Mitglieder',
  membersLead:
    'Anfragende bitten um Zertifikate; auch Dienste können das sein. Freigebende stimmen zu oder lehnen ab, nie in eigener Sache. Prüfende lesen alles, auch das Protokoll.',
  noMembers: 'Noch niemand.',
  member: 'Mitglied',
  roles: { requester: 'Anfragend', approver: 'Freigebend', auditor: 'Prüfend' },
  role: 'Rolle',
  addMember: 'Mitglied hinzufügen',
  service: (name) => `Dienst ${name}`,
  removeRole: (name, role) => `${name} nicht mehr: ${role}`,
  remove: 'Entfernen',
  removeNamed: (name) => `${name} entfernen`,
  rules: 'Regeln',
  rulesLead:
    'Wie viele freigeben müssen, womit und in welcher Zeit. Jedes Zertifikat braucht diese Freigaben.',
  required: 'Freigebende',
  byPasskey: 'Mit Passkey oder Schlüsselpaar',
  byCertificate: 'Mit einem Zertifikat',
  hardware: 'Ein Zertifikat zählt nur mit Schlüssel auf Karte oder Token',
  hours: 'Stunden für die Entscheidung',
  setRule: 'Regel setzen',
  resetRule: 'Zurück zur üblichen Regel',
  ownRule: 'Eine Regel dieser Organisation.',
  usualRule: 'Die übliche Regel.',
  requests: 'Offene Anfragen',
  requestsLead: 'Entschieden werden sie in den Wallets der Freigebenden, nirgends sonst.',
  noRequests: 'Keine.',
  requestedBy: 'Angefragt von',
  what: 'Zertifikat',
  approvals: 'Freigegeben von',
  missing: 'Können noch entscheiden',
  until: 'Bis',
  status: 'Stand',
  statuses: {
    pending: 'Offen',
    approved: 'Freigegeben',
    declined: 'Abgelehnt',
    expired: 'Abgelaufen',
    withdrawn: 'Zurückgezogen',
    spent: 'Aufgebraucht',
  },
  log: 'Protokoll der Freigaben',
  logLead:
    'Jeder Eintrag enthält die Prüfsumme des vorigen, und der letzte ist mit einem Schlüssel versiegelt, der nicht in der Datenbank liegt.',
  logSound: (length) => `Das Protokoll wurde eben gelesen und ist unverändert: ${length} Einträge.`,
  logDamaged: (sequence) =>
    `Das Protokoll der Freigaben wurde verändert: Eintrag ${sequence} ist nicht mehr, was er war. Nichts wird freigegeben oder auf Freigaben hin ausgestellt, bis geklärt ist, warum.`,
  logLatest: (most) => `Die letzten ${most} werden gezeigt.`,
  number: 'Nr.',
  at: 'Wann',
  event: 'Was',
  events: {
    'organization-added': 'Organisation angelegt',
    'member-added': 'Mitglied hinzugefügt',
    'member-removed': 'Mitglied entfernt',
    'rule-changed': 'Regel geändert',
    'domain-added': 'Domain hinzugefügt',
    'domain-removed': 'Domain entfernt',
    requested: 'Angefragt',
    proposed: 'Dauerfreigabe vorgeschlagen',
    decided: 'Entschieden',
    granted: 'Freigegeben',
    withdrawn: 'Zurückgezogen',
    message: 'Nachricht',
    issued: 'Ausgestellt',
    revoked: 'Widerrufen',
  },
  by: 'Von',
  details: 'Näheres',
  refusals: {
    badName: 'Geben Sie einen Namen mit höchstens 80 Zeichen ein.',
    nameTaken: 'Eine Organisation dieses Namens gibt es schon.',
    domainTaken: 'Diese Domain hat eine andere Organisation.',
    unknown: 'Diese Organisation gibt es nicht.',
    unknownMember: 'Wählen Sie eine der Personen oder einen der Dienste.',
    badRole: 'Wählen Sie eine der Rollen. Ein Dienst kann nur anfragen.',
    badRule:
      'Eine Regel verlangt 1 bis 8 Freigebende, auf mindestens einem Weg, binnen 1 bis 720 Stunden.',
  },
  badDomain: 'Geben Sie eine Domain wie corp.example ein, ohne Stern.',
  linkTitle: 'Weiter in Countersign',
  linkLead:
    'Sie kommen über einen Link zu einer Anfrage. Countersign auf Ihrem Computer zeigt sie allen, die sie sehen dürfen: Öffnen Sie sie dort, oder scannen Sie den Code.',
  linkCode: 'Link zur Anfrage, als Code zum Scannen',
  linkWarning:
    'Diese Seite kann nichts freigeben und fragt nach keinem Passwort, keiner PIN und keinem Code. Sie geben nur in Countersign frei, nachdem Sie dort gelesen haben, was es ist.',
  badLink:
    'Dieser Link führt zu keiner Anfrage bei dieser CA. Sehen Sie stattdessen in Countersign unter Freigaben nach.',
};

export const organizationWordsOf: Readonly<Record<Language, OrganizationWords>> = {
  en: english,
  de: german,
};
