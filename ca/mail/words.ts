/** Why somebody gets a mail. */
export type Occasion =
  | 'requested'
  | 'proposed'
  | 'reminder'
  | 'message'
  | 'approved'
  | 'granted'
  | 'declined'
  | 'withdrawn'
  | 'issued'
  | 'revoked';

type MailWords = {
  readonly subjects: Readonly<Record<Occasion, string>>;
  /** A sentence; `by` did it, where somebody did. */
  readonly leads: Readonly<Record<Occasion, (by: string) => string>>;
  readonly organization: string;
  readonly asks: string;
  readonly proposes: string;
  readonly profile: string;
  readonly names: string;
  readonly count: string;
  readonly until: string;
  readonly decide: string;
  readonly serial: string;
  /** What people wrote themselves is not in mails: anybody could have them say what they like. */
  readonly elsewhere: string;
  readonly page: string;
  readonly warning: string;
};

const english: MailWords = {
  subjects: {
    requested: 'Your approval is asked for',
    proposed: 'A standing approval is proposed',
    reminder: 'Reminder: your approval is asked for',
    message: 'A message about a request',
    approved: 'Somebody approved your request',
    granted: 'A request is approved',
    declined: 'A request was declined',
    withdrawn: 'A request was withdrawn',
    issued: 'A certificate was issued',
    revoked: 'A certificate was revoked',
  },
  leads: {
    requested: (by) => `${by} asks for your approval.`,
    proposed: (by) => `${by} proposes a standing approval and asks for yours.`,
    reminder: () => 'This request still waits for your approval.',
    message: (by) => `${by} wrote a message about a request.`,
    approved: (by) => `${by} approved the request. It takes more approvals.`,
    granted: () => 'The request is approved by all whom it takes.',
    declined: (by) => `${by} declined the request. It is over.`,
    withdrawn: (by) => `${by} withdrew the request. It is over.`,
    issued: () => 'A certificate was issued under this request.',
    revoked: () => 'A certificate that was issued under this request was revoked.',
  },
  organization: 'Organisation',
  asks: 'Requested by',
  proposes: 'Proposed by',
  profile: 'Kind of certificate',
  names: 'For',
  count: 'Certificates',
  until: 'Until',
  decide: 'To be decided by',
  serial: 'Serial number',
  elsewhere: 'What people wrote about it, and what exactly would be certified, is in Countersign.',
  page: 'Open Countersign and look under Approvals, or open this page of the CA, which leads there:',
  warning:
    'Nothing is approved by clicking: neither this mail nor that page can approve anything, and neither asks for a password, a PIN or a code.',
};

const german: MailWords = {
  subjects: {
    requested: 'Ihre Freigabe wird erbeten',
    proposed: 'Eine Dauerfreigabe ist vorgeschlagen',
    reminder: 'Erinnerung: Ihre Freigabe wird erbeten',
    message: 'Eine Nachricht zu einer Anfrage',
    approved: 'Jemand hat Ihre Anfrage freigegeben',
    granted: 'Eine Anfrage ist freigegeben',
    declined: 'Eine Anfrage wurde abgelehnt',
    withdrawn: 'Eine Anfrage wurde zurückgezogen',
    issued: 'Ein Zertifikat wurde ausgestellt',
    revoked: 'Ein Zertifikat wurde widerrufen',
  },
  leads: {
    requested: (by) => `${by} bittet um Ihre Freigabe.`,
    proposed: (by) => `${by} schlägt eine Dauerfreigabe vor und bittet um Ihre Zustimmung.`,
    reminder: () => 'Diese Anfrage wartet noch auf Ihre Freigabe.',
    message: (by) => `${by} hat eine Nachricht zu einer Anfrage geschrieben.`,
    approved: (by) => `${by} hat die Anfrage freigegeben. Es braucht weitere Freigaben.`,
    granted: () => 'Alle, die es braucht, haben die Anfrage freigegeben.',
    declined: (by) => `${by} hat die Anfrage abgelehnt. Sie ist damit beendet.`,
    withdrawn: (by) => `${by} hat die Anfrage zurückgezogen. Sie ist damit beendet.`,
    issued: () => 'Auf diese Anfrage hin wurde ein Zertifikat ausgestellt.',
    revoked: () => 'Ein Zertifikat, das auf diese Anfrage hin ausgestellt war, wurde widerrufen.',
  },
  organization: 'Organisation',
  asks: 'Angefragt von',
  proposes: 'Vorgeschlagen von',
  profile: 'Art des Zertifikats',
  names: 'Für',
  count: 'Zertifikate',
  until: 'Bis',
  decide: 'Zu entscheiden bis',
  serial: 'Seriennummer',
  elsewhere:
    'Was Beteiligte dazu geschrieben haben, und was genau bescheinigt würde, steht in Countersign.',
  page: 'Öffnen Sie Countersign und sehen Sie unter Freigaben nach, oder öffnen Sie diese Seite der CA, die dorthin führt:',
  warning:
    'Durch Klicken wird nichts freigegeben: Weder diese E-Mail noch jene Seite kann etwas freigeben, und keine von beiden fragt nach Passwort, PIN oder Code.',
};

export const mailWords = { en: english, de: german } as const;
