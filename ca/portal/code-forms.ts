import { ocraSuites } from '../challenges/ocra.ts';
import type { CodeKind, Person } from '../people-types.ts';
import { seeOther, type Answer } from './answer.ts';
import { codeWordsOf } from './code-words.ts';
import { line } from './form.ts';
import { personPath } from './paths.ts';
import { personPage } from './person-page.ts';
import type { Visit } from './visit.ts';

export function resetTotp(visit: Visit, person: Person): Answer {
  visit.ca.people.resetTotp(person.id);
  return back(person);
}

export function setUpHotp(visit: Visit, person: Person): Answer {
  visit.ca.people.codes.setUpHotp(person.id);
  return back(person);
}

export async function synchronizeHotp(visit: Visit, person: Person): Promise<Answer> {
  const { form, ca, language } = visit;
  // People write codes in groups.
  const code = (field: string): string => (form.get(field) ?? '').replaceAll(/[\s-]/g, '');
  const found = ca.people.codes.resynchronizeHotp(person.id, [code('first'), code('second')]);
  return found ? back(person) : personPage(visit, person, codeWordsOf[language].notInARow);
}

export async function setUpOtp(visit: Visit, person: Person): Promise<Answer> {
  const { form, ca, language } = visit;
  const words = codeWordsOf[language];
  const method = form.get('method');
  const suite = ocraSuites.find((one) => one === method);
  if (suite !== undefined) {
    ca.people.codes.setUpOcra(person.id, suite);
    return back(person);
  }
  if (method !== 'radius') return personPage(visit, person, words.methodUnknown);
  const isEmpty = (form.get('userName') ?? '').trim() === '';
  const userName = isEmpty ? person.email : line(form, 'userName', LONGEST_USER_NAME);
  if (userName === undefined) return personPage(visit, person, words.userNameTooLong);
  ca.people.codes.setUpRadius(person.id, userName);
  return back(person);
}

/** RFC 2865 §5.1 has room for 253 octets; a prompt that shows more than this helps nobody. */
const LONGEST_USER_NAME = 64;

export function removeCodes(visit: Visit, person: Person): Answer {
  const kinds: readonly CodeKind[] = ['totp', 'hotp', 'otp'];
  const kind = kinds.find((one) => one === visit.form.get('kind'));
  // Removing twice is removing once.
  if (kind !== undefined) visit.ca.people.codes.remove(person.id, kind);
  return back(person);
}

function back(person: Person): Answer {
  return seeOther(personPath(person.id));
}
