import type { Language } from './language.ts';

/** The words around one-time codes that no authenticator app makes by the clock. */
const english = {
  setUp: 'Set up',
  remove: 'Remove',
  noAuthenticator: 'No authenticator app is set up.',

  hotp: 'Token that counts (HOTP)',
  hotpLead:
    'A token with a button, or an app, whose codes go by a counter. Scan this code once, or put the key into the token.',
  hotpNone: 'Each press of the button makes another code, on a token or in an app.',
  hotpCode: 'Code for an app that counts',
  digitsAndCounter: (digits: number, counter: number) =>
    `${digits} digits, next counter ${counter}`,
  synchronize: 'Find the token again',
  synchronizeHint:
    'When the button was pressed too often, two codes in a row tell where the token is.',
  firstCode: 'First code',
  secondCode: 'The one after it',
  notInARow: 'These are not two codes in a row of this token. Nothing was changed.',

  otp: 'Other one-time passwords (otp-01)',
  otpLead: 'For the profile “contractor”: a token that answers to a number, or a RADIUS server.',
  suite: 'Method',
  key: 'Key of the token, in hexadecimal',
  tokenOf6: 'Token that answers with 6 digits (OCRA, SHA-1)',
  tokenOf8: 'Token that answers with 8 digits (OCRA, SHA-256)',
  radius: 'RADIUS server',
  userName: 'Name at the RADIUS server',
  userNameHint: 'For a RADIUS server only. The address of the person when left empty.',
  userNameTooLong: 'A name at the RADIUS server has at most 64 characters.',
  methodUnknown: 'Choose one of the methods.',
};

type CodeWords = typeof english;

const german: CodeWords = {
  setUp: 'Einrichten',
  remove: 'Entfernen',
  noAuthenticator: 'Es ist keine Authenticator-App eingerichtet.',

  hotp: 'Token, das zählt (HOTP)',
  hotpLead:
    'Ein Token mit Taste oder eine App, deren Codes nach einem Zähler gehen. Scannen Sie diesen Code einmal, oder geben Sie dem Token den Schlüssel.',
  hotpNone: 'Jeder Druck auf die Taste ergibt einen neuen Code, auf einem Token oder in einer App.',
  hotpCode: 'Code für eine App, die zählt',
  digitsAndCounter: (digits, counter) => `${digits} Ziffern, nächster Zähler ${counter}`,
  synchronize: 'Token wiederfinden',
  synchronizeHint:
    'Wenn die Taste zu oft gedrückt wurde, sagen zwei Codes hintereinander, wo das Token steht.',
  firstCode: 'Erster Code',
  secondCode: 'Der darauf folgende',
  notInARow: 'Das sind keine zwei Codes hintereinander von diesem Token. Nichts wurde geändert.',

  otp: 'Andere Einmalpasswörter (otp-01)',
  otpLead:
    'Für das Profil „contractor“: ein Token, das auf eine Zahl antwortet, oder ein RADIUS-Server.',
  suite: 'Verfahren',
  key: 'Schlüssel des Tokens, hexadezimal',
  tokenOf6: 'Token, das mit 6 Ziffern antwortet (OCRA, SHA-1)',
  tokenOf8: 'Token, das mit 8 Ziffern antwortet (OCRA, SHA-256)',
  radius: 'RADIUS-Server',
  userName: 'Name beim RADIUS-Server',
  userNameHint: 'Nur für einen RADIUS-Server. Leer heißt: die Adresse der Person.',
  userNameTooLong: 'Ein Name beim RADIUS-Server hat höchstens 64 Zeichen.',
  methodUnknown: 'Wählen Sie eines der Verfahren.',
};

export const codeWordsOf: Readonly<Record<Language, CodeWords>> = { en: english, de: german };
