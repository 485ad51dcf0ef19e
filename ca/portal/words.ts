import type { Language } from './language.ts';

const english = {
  product: 'Local CA',
  skip: 'Skip to the content',
  navigation: 'Portal',
  home: 'Overview',
  people: 'People',
  services: 'Services',
  invitations: 'Invitations',

  homeTitle: 'A certificate authority on this computer',
  homeLead:
    'It issues certificates by ACME (RFC 8555) to the people and services you add here. Whatever it issues is trusted by nobody else, so try everything.',
  directory: 'ACME directory',
  profile: 'Enrollment profile',
  probe: 'Page that asks for a certificate',
  rootFingerprint: 'SHA-256 fingerprint of the root',
  downloadRoot: 'Download the root certificate',
  helpdeskWords: 'Words that the help desk reads out',
  helpdeskWordsHint:
    'The wallet shows eight words for the signer of the profile. They have to be these.',
  nextStep: 'Invite somebody',

  name: 'Name',
  email: 'Email address',
  role: 'Role',
  employee: 'Employee',
  administrator: 'Administrator',
  addPerson: 'Add a person',
  noPeople: 'Nobody yet. Add the first person below.',
  addressTaken: 'Somebody with this address is registered already.',
  nameMissing: 'Enter a name of up to 64 characters.',
  emailInvalid: 'Enter an email address such as alex@example.test.',

  authenticator: 'Authenticator app',
  authenticatorLead:
    'Scan this code once with an authenticator app. Afterwards the app shows the one-time codes that the wallet asks for.',
  authenticatorCode: 'Code for the authenticator app',
  secretByHand: 'No camera? Type this key into the app',
  digitsAndPeriod: (digits: number, period: number) => `${digits} digits, every ${period} seconds`,
  newSecret: 'Make a new key',
  newSecretHint: 'The old one stops working, and failed attempts are forgotten.',

  invite: 'Invite',
  inviteLead: 'An invitation binds one wallet to this person. It works once.',
  credential: 'Credential',
  validFor: 'Valid for',
  oneHour: '1 hour',
  oneDay: '1 day',
  sevenDays: '7 days',
  createInvitation: 'Create the invitation',
  offerUnknown: 'Choose one of the credentials.',
  lifetimeUnknown: 'Choose one of the periods.',

  invitationFor: (name: string) => `Invitation for ${name}`,
  shownOnce:
    'This page is shown once. Whoever has the link can use it, so hand it to this person only.',
  openInWallet: 'Open in Countersign',
  invitationCode: 'Invitation as a code to scan',
  invitationLink: 'Link',
  landingPage: 'Link for mail, as a web page',
  profileFile: 'Profile as a file, without the invitation',
  download: 'Download',
  expires: 'Expires',

  status: 'Status',
  open: 'Open',
  used: 'Used',
  expired: 'Expired',
  withdraw: 'Withdraw',
  recipient: 'For',
  noInvitations: 'No invitations yet.',
  keyId: 'Key ID',
  macKey: 'HMAC key',

  servicesLead:
    'lego, certbot and other ACME clients register with an external account key, and so does Countersign on a computer where nobody sits. Make one for each client. A service that is a member of an organisation is known there by the same name.',
  service: 'Name of the service',
  keyShownOnce: 'This page is shown once. Whoever has the key can register an account with it.',
  reusable: 'More than one account may use it',
  createKey: 'Create the key',
  serviceMissing: 'Enter a name of up to 64 characters.',
  keyFor: (service: string) => `Key for ${service}`,
  serviceJoins:
    'The service joins by this line on standard input. It has the key in it. The fingerprint is the one below.',

  joinTitle: 'You are invited',
  joinLead: 'Countersign, the enrollment wallet on your computer, takes it from here.',
  joinUsed: 'This invitation was used already. Ask the help desk for a new one.',
  joinExpired: 'This invitation has expired. Ask the help desk for a new one.',
  joinUnknown: 'This invitation is not known here. Compare the link with the one you were given.',
  joinIncomplete:
    'The link is incomplete: the part after # is missing. Open it from the original message.',
  notOpened: 'Countersign did not open?',
  notOpenedHint: 'Try again, or copy the whole address of this page and paste it into the wallet.',
  tryAgain: 'Try again',
  notInstalled: 'Countersign is not installed?',
  notInstalledHint:
    'Install it first, then come back to this page. In a checkout of the project, “npm start” opens it.',

  terms: 'Terms of use',
  termsText:
    'This certificate authority is for trying things out. Its certificates prove nothing to anybody else, and its state may be deleted at any time.',
  helpdesk: 'Help desk',
  helpdeskText: 'The help desk of the Local CA is whoever started it: ask them for an invitation.',

  accessTitle: 'The portal needs its key',
  accessText:
    'Open the portal address that the terminal printed when the CA was started. It carries the key; afterwards this browser is remembered until the CA stops.',
  wrongKey: 'This is not the key of this run. It changes each time the CA is started.',
  notFound: 'There is no such page.',
  refusedForm: 'The form did not come from this portal. Nothing was changed.',
  badForm: 'The form could not be read. Nothing was changed.',
  back: 'Back to the overview',
};

export type Words = typeof english;

const german: Words = {
  product: 'Lokale CA',
  skip: 'Zum Inhalt springen',
  navigation: 'Portal',
  home: 'Übersicht',
  people: 'Personen',
  services: 'Dienste',
  invitations: 'Einladungen',

  homeTitle: 'Eine Zertifizierungsstelle auf diesem Computer',
  homeLead:
    'Sie stellt den Personen und Diensten, die Sie hier anlegen, Zertifikate über ACME (RFC 8555) aus. Niemand sonst vertraut ihnen; probieren Sie alles aus.',
  directory: 'ACME-Verzeichnis',
  profile: 'Registrierungsprofil',
  probe: 'Seite, die nach einem Zertifikat fragt',
  rootFingerprint: 'SHA-256-Fingerabdruck der Wurzel',
  downloadRoot: 'Wurzelzertifikat herunterladen',
  helpdeskWords: 'Wörter, die der Helpdesk vorliest',
  helpdeskWordsHint:
    'Die Wallet zeigt acht Wörter für den Unterzeichner des Profils. Es müssen diese sein.',
  nextStep: 'Jemanden einladen',

  name: 'Name',
  email: 'E-Mail-Adresse',
  role: 'Rolle',
  employee: 'Angestellt',
  administrator: 'Verwaltung',
  addPerson: 'Person anlegen',
  noPeople: 'Noch niemand. Legen Sie unten die erste Person an.',
  addressTaken: 'Mit dieser Adresse ist schon jemand angelegt.',
  nameMissing: 'Geben Sie einen Namen mit höchstens 64 Zeichen ein.',
  emailInvalid: 'Geben Sie eine E-Mail-Adresse wie alex@example.test ein.',

  authenticator: 'Authenticator-App',
  authenticatorLead:
    'Scannen Sie diesen Code einmal mit einer Authenticator-App. Danach zeigt die App die Einmalcodes, nach denen die Wallet fragt.',
  authenticatorCode: 'Code für die Authenticator-App',
  secretByHand: 'Keine Kamera? Tippen Sie diesen Schlüssel in die App',
  digitsAndPeriod: (digits, period) => `${digits} Ziffern, alle ${period} Sekunden`,
  newSecret: 'Neuen Schlüssel erzeugen',
  newSecretHint: 'Der alte gilt dann nicht mehr, und Fehlversuche sind vergessen.',

  invite: 'Einladen',
  inviteLead: 'Eine Einladung bindet eine Wallet an diese Person. Sie gilt einmal.',
  credential: 'Zugang',
  validFor: 'Gültig für',
  oneHour: '1 Stunde',
  oneDay: '1 Tag',
  sevenDays: '7 Tage',
  createInvitation: 'Einladung erzeugen',
  offerUnknown: 'Wählen Sie einen der Zugänge.',
  lifetimeUnknown: 'Wählen Sie einen der Zeiträume.',

  invitationFor: (name) => `Einladung für ${name}`,
  shownOnce:
    'Diese Seite wird einmal gezeigt. Wer den Link hat, kann ihn benutzen: geben Sie ihn nur dieser Person.',
  openInWallet: 'In Countersign öffnen',
  invitationCode: 'Einladung als Code zum Scannen',
  invitationLink: 'Link',
  landingPage: 'Link für E-Mails, als Webseite',
  profileFile: 'Profil als Datei, ohne die Einladung',
  download: 'Herunterladen',
  expires: 'Läuft ab',

  status: 'Stand',
  open: 'Offen',
  used: 'Benutzt',
  expired: 'Abgelaufen',
  withdraw: 'Zurückziehen',
  recipient: 'Für',
  noInvitations: 'Noch keine Einladungen.',
  keyId: 'Schlüsselkennung',
  macKey: 'HMAC-Schlüssel',

  servicesLead:
    'lego, certbot und andere ACME-Programme melden sich mit einem externen Kontoschlüssel an, ebenso Countersign auf einem Rechner, an dem niemand sitzt. Erzeugen Sie für jedes Programm einen. Ein Dienst, der Mitglied einer Organisation ist, heißt dort genauso.',
  service: 'Name des Dienstes',
  keyShownOnce:
    'Diese Seite wird einmal gezeigt. Wer den Schlüssel hat, kann damit ein Konto anmelden.',
  reusable: 'Mehr als ein Konto darf ihn benutzen',
  createKey: 'Schlüssel erzeugen',
  serviceMissing: 'Geben Sie einen Namen mit höchstens 64 Zeichen ein.',
  keyFor: (service) => `Schlüssel für ${service}`,
  serviceJoins:
    'Der Dienst tritt durch diese Zeile auf der Standardeingabe bei. Sie enthält den Schlüssel. Den Fingerabdruck zeigt der Abschnitt darunter.',

  joinTitle: 'Sie sind eingeladen',
  joinLead: 'Countersign, die Wallet auf Ihrem Computer, macht von hier an weiter.',
  joinUsed: 'Diese Einladung wurde schon benutzt. Bitten Sie den Helpdesk um eine neue.',
  joinExpired: 'Diese Einladung ist abgelaufen. Bitten Sie den Helpdesk um eine neue.',
  joinUnknown:
    'Diese Einladung ist hier nicht bekannt. Vergleichen Sie den Link mit dem, den Sie bekommen haben.',
  joinIncomplete:
    'Der Link ist unvollständig: Der Teil nach # fehlt. Öffnen Sie ihn aus der ursprünglichen Nachricht.',
  notOpened: 'Countersign hat sich nicht geöffnet?',
  notOpenedHint:
    'Versuchen Sie es noch einmal, oder kopieren Sie die ganze Adresse dieser Seite in die Wallet.',
  tryAgain: 'Noch einmal versuchen',
  notInstalled: 'Countersign ist nicht installiert?',
  notInstalledHint:
    'Installieren Sie es zuerst und kommen Sie dann hierher zurück. In einer Arbeitskopie des Projekts öffnet es „npm start“.',

  terms: 'Nutzungsbedingungen',
  termsText:
    'Diese Zertifizierungsstelle dient dem Ausprobieren. Ihre Zertifikate beweisen sonst niemandem etwas, und ihr Stand kann jederzeit gelöscht werden.',
  helpdesk: 'Helpdesk',
  helpdeskText:
    'Der Helpdesk der Lokalen CA ist, wer sie gestartet hat: Bitten Sie dort um eine Einladung.',

  accessTitle: 'Das Portal braucht seinen Schlüssel',
  accessText:
    'Öffnen Sie die Portal-Adresse, die das Terminal beim Start der CA gezeigt hat. Sie enthält den Schlüssel; danach kennt das Portal diesen Browser, bis die CA endet.',
  wrongKey: 'Das ist nicht der Schlüssel dieses Laufs. Er wechselt mit jedem Start der CA.',
  notFound: 'Diese Seite gibt es nicht.',
  refusedForm: 'Das Formular kam nicht von diesem Portal. Nichts wurde geändert.',
  badForm: 'Das Formular war nicht lesbar. Nichts wurde geändert.',
  back: 'Zurück zur Übersicht',
};

export const wordsOf: Readonly<Record<Language, Words>> = { en: english, de: german };
