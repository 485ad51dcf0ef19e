import { PeopleError } from '../people.ts';
import { page, seeOther, type Answer } from './answer.ts';
import { select, table } from './elements.ts';
import { line, longestName } from './form.ts';
import { html, type Html } from './html.ts';
import { layout } from './layout.ts';
import { personPath } from './paths.ts';
import type { Visit } from './visit.ts';

// RFC 5321 §4.5.3.1.3, less the brackets around the path.
const longestEmail = 254;

export function peoplePage(visit: Visit, alert?: string): Answer {
  const { words, ca } = visit;
  const people = ca.people.list();
  const main = html`
    ${people.length === 0 ? html`<p>${words.noPeople}</p>` : list(visit)}
    <section class="card">
      <h2>${words.addPerson}</h2>
      <form method="post" action="/portal/people">
        <label>${words.name} <input name="name" maxlength="${longestName}" required /></label>
        <label
          >${words.email}
          <input name="email" type="email" maxlength="${longestEmail}" required />
        </label>
        ${select({
          name: 'role',
          label: words.role,
          choices: [
            { value: 'employee', label: words.employee },
            { value: 'administrator', label: words.administrator },
          ],
        })}
        <button>${words.addPerson}</button>
      </form>
    </section>
  `;
  const content = { title: words.people, main, section: '/portal/people', alert };
  return page(layout(visit, content), alert === undefined ? 200 : 422);
}

export function addPerson(visit: Visit): Answer {
  const { form, words, ca } = visit;
  const name = line(form, 'name', longestName);
  if (name === undefined) return peoplePage(visit, words.nameMissing);
  const email = line(form, 'email', longestEmail) ?? '';
  const role = form.get('role') === 'administrator' ? 'administrator' : 'employee';
  try {
    const person = ca.people.register({ name, email, role });
    return seeOther(personPath(person.id));
  } catch (error) {
    if (!(error instanceof PeopleError)) throw error;
    const taken = error.code === 'alreadyRegistered';
    return peoplePage(visit, taken ? words.addressTaken : words.emailInvalid);
  }
}

function list(visit: Visit): Html {
  const { words, ca } = visit;
  const rows = ca.people.list().map(
    (person) =>
      html`<tr>
        <td><a href="${personPath(person.id)}">${person.name}</a></td>
        <td>${person.email}</td>
        <td>${person.role === 'administrator' ? words.administrator : words.employee}</td>
      </tr> `,
  );
  return table([words.name, words.email, words.role], rows);
}
