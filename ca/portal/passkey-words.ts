import type { Language } from './language.ts';

/** The words around passkeys and key pairs, on the portal and on the pages that use and make them. */
const english = {
  credentials: 'Passkeys and key pairs',
  credentialsLead:
    'A passkey lives in a phone, a computer or a security key; a key pair in the wallet or on its token. Either proves this person in place of a one-time code.',
  noCredentials: 'None yet.',
  passkey: 'Passkey',
  keyPair: 'Key pair',
  kind: 'Kind',
  lastUsed: 'Last used',
  never: 'Never',
  flagged: 'Refused: its counter went backwards, so there may be a copy. Remove it.',
  synchronised: 'Synchronised with other devices',
  remove: 'Remove',
  removeNamed: (name: string) => `Remove ${name}`,
  makeLink: 'Make a registration link',
  makeLinkHint: 'It registers one passkey, in any browser, within an hour.',

  linkFor: (name: string) => `Registration link for ${name}`,
  linkShownOnce:
    'This page is shown once. Whoever opens the link can register a passkey as this person, so hand it to them only.',
  openHere: 'Open it here',
  link: 'Link',
  linkCode: 'Link as a code to scan with a phone',

  registerTitle: 'Make a passkey',
  registerLead: (name: string, email: string) => `For ${name} (${email}), at`,
  passkeyName: 'Name of the passkey',
  passkeyNameHint: 'So that you know it again in a list, such as “Blue security key”.',
  usualName: 'My passkey',
  make: 'Make the passkey',
  fresh: 'Nothing was registered. Try again.',
  tooLong: 'That took too long, or the page was open twice. Try again.',
  nameNeeded: 'Enter a name of up to 64 characters.',
  known: 'This device has a passkey for you already. Use another one.',
  tooMany: 'You have as many passkeys and key pairs as are allowed. Ask for one to be removed.',
  failed: 'No passkey was made. You may try again.',
  needsScript: 'This page needs JavaScript, because browsers offer passkeys in no other way.',
  linkUsed: 'This link was used already. Ask for a new one.',
  linkExpired: 'This link has expired. Ask for a new one.',
  linkUnknown: 'This link is not known here. Compare it with the one you were given.',
  noPasskeysHere:
    'Passkeys need a host name, and this CA is reached by an address. Key pairs work here.',
  registered: 'The passkey is registered',
  registeredLead: (name: string) =>
    `From now on you can prove with “${name}” that it is you. You can close this page.`,

  useTitle: 'Confirm with your passkey',
  useLead: 'Your wallet wants to prove that it is you, to',
  createLead: 'Your wallet wants to register a passkey for you, at',
  matchingCode: 'Matching code',
  sameCode: 'Only continue if your wallet shows the same code.',
  use: 'Use the passkey',
  cancel: 'Cancel',
  busy: 'Follow what your browser or device asks for.',
  notDone: 'That did not work, or it was cancelled.',
  again: 'Try again',
  done: 'Your wallet has it. You can close this page and go back to the wallet.',
  ended: 'Nothing was confirmed. You can close this page and go back to the wallet.',
  blocked: 'The browser did not let this page reach your wallet.',
  blockedHint: 'If the wallet is still open, hand it over with this button.',
  handOver: 'Hand over to the wallet',
  incomplete: 'This page is opened by a wallet, and what came with the address is not from one.',
  incompleteHint: 'Nothing was asked for and nothing was sent. Start again in the wallet.',
};

export type PasskeyWords = typeof english;

const german: PasskeyWords = {
  credentials: 'Passkeys und Schlüsselpaare',
  credentialsLead:
    'Ein Passkey liegt in einem Telefon, Computer oder Sicherheitsschlüssel; ein Schlüsselpaar in der Wallet oder auf ihrem Token. Beide weisen diese Person statt eines Einmalcodes aus.',
  noCredentials: 'Noch keine.',
  passkey: 'Passkey',
  keyPair: 'Schlüsselpaar',
  kind: 'Art',
  lastUsed: 'Zuletzt benutzt',
  never: 'Nie',
  flagged: 'Abgelehnt: Sein Zähler ging zurück, es könnte eine Kopie geben. Entfernen Sie ihn.',
  synchronised: 'Mit anderen Geräten synchronisiert',
  remove: 'Entfernen',
  removeNamed: (name) => `${name} entfernen`,
  makeLink: 'Registrierungslink erzeugen',
  makeLinkHint: 'Er registriert einen Passkey, in jedem Browser, innerhalb einer Stunde.',

  linkFor: (name) => `Registrierungslink für ${name}`,
  linkShownOnce:
    'Diese Seite wird einmal gezeigt. Wer den Link öffnet, kann als diese Person einen Passkey registrieren; geben Sie ihn nur ihr.',
  openHere: 'Hier öffnen',
  link: 'Link',
  linkCode: 'Link als Code zum Scannen mit einem Telefon',

  registerTitle: 'Passkey anlegen',
  registerLead: (name, email) => `Für ${name} (${email}), bei`,
  passkeyName: 'Name des Passkeys',
  passkeyNameHint:
    'Damit Sie ihn in einer Liste wiedererkennen, etwa „Blauer Sicherheitsschlüssel“.',
  usualName: 'Mein Passkey',
  make: 'Passkey anlegen',
  fresh: 'Es wurde nichts registriert. Versuchen Sie es noch einmal.',
  tooLong:
    'Das hat zu lange gedauert, oder die Seite war zweimal offen. Versuchen Sie es noch einmal.',
  nameNeeded: 'Geben Sie einen Namen mit höchstens 64 Zeichen ein.',
  known: 'Dieses Gerät hat schon einen Passkey für Sie. Nehmen Sie ein anderes.',
  tooMany:
    'Sie haben so viele Passkeys und Schlüsselpaare wie erlaubt. Lassen Sie eines davon entfernen.',
  failed: 'Es wurde kein Passkey angelegt. Sie können es noch einmal versuchen.',
  needsScript: 'Diese Seite braucht JavaScript, weil Browser Passkeys nur so anbieten.',
  linkUsed: 'Dieser Link wurde schon benutzt. Bitten Sie um einen neuen.',
  linkExpired: 'Dieser Link ist abgelaufen. Bitten Sie um einen neuen.',
  linkUnknown:
    'Dieser Link ist hier nicht bekannt. Vergleichen Sie ihn mit dem, den Sie bekommen haben.',
  noPasskeysHere:
    'Passkeys brauchen einen Hostnamen, und diese CA wird unter einer Adresse erreicht. Schlüsselpaare gehen auch hier.',
  registered: 'Der Passkey ist registriert',
  registeredLead: (name) =>
    `Von jetzt an können Sie sich mit „${name}“ ausweisen. Sie können diese Seite schließen.`,

  useTitle: 'Mit Passkey bestätigen',
  useLead: 'Ihre Wallet will beweisen, dass Sie es sind, gegenüber',
  createLead: 'Ihre Wallet will einen Passkey für Sie registrieren, bei',
  matchingCode: 'Vergleichscode',
  sameCode: 'Machen Sie nur weiter, wenn Ihre Wallet denselben Code zeigt.',
  use: 'Passkey benutzen',
  cancel: 'Abbrechen',
  busy: 'Folgen Sie dem, was Ihr Browser oder Gerät verlangt.',
  notDone: 'Das hat nicht geklappt oder wurde abgebrochen.',
  again: 'Noch einmal versuchen',
  done: 'Ihre Wallet hat es bekommen. Sie können diese Seite schließen und zur Wallet zurückkehren.',
  ended: 'Nichts wurde bestätigt. Sie können diese Seite schließen und zur Wallet zurückkehren.',
  blocked: 'Der Browser hat diese Seite Ihre Wallet nicht erreichen lassen.',
  blockedHint: 'Wenn die Wallet noch offen ist, übergeben Sie es mit diesem Knopf.',
  handOver: 'An die Wallet übergeben',
  incomplete:
    'Diese Seite wird von einer Wallet geöffnet, und was mit der Adresse kam, ist von keiner.',
  incompleteHint:
    'Es wurde nichts verlangt und nichts gesendet. Fangen Sie in der Wallet noch einmal an.',
};

export const passkeyWordsOf: Readonly<Record<Language, PasskeyWords>> = {
  en: english,
  de: german,
};
