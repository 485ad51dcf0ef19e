import { approvalName } from '../approval-offers.ts';
import type { ApprovalRule } from '../approval-rule.ts';
import type { Member, Organization } from '../organizations.ts';
import { profiles } from '../profiles.ts';
import type { Profile } from '../profiles.ts';
import { memberRoles } from '../state/members.ts';
import { page, type Answer } from './answer.ts';
import { select, table } from './elements.ts';
import { html, type Html } from './html.ts';
import { layout } from './layout.ts';
import { organizationWordsOf } from './organization-words.ts';
import { ORGANIZATIONS, organizationPath } from './paths.ts';
import { requestsCard } from './requests-card.ts';
import type { Visit } from './visit.ts';

export function organizationPage(visit: Visit, organization: Organization, alert?: string): Answer {
  const main = html`
    ${requestsCard(visit, organization)} ${membersCard(visit, organization)}
    ${domainsCard(visit, organization)} ${rulesCard(visit, organization)}
  `;
  const content = { title: organization.name, main, section: ORGANIZATIONS, alert };
  return page(layout(visit, content), alert === undefined ? 200 : 422);
}

function domainsCard({ ca, language }: Visit, { id }: Organization): Html {
  const words = organizationWordsOf[language];
  const path = `${organizationPath(id)}/domains`;
  const domains = ca.organizations.domains(id);
  const items = domains.map(
    (domain) =>
      html`<li>
        <form method="post" action="${path}/remove">
          <code>${domain}</code> <input type="hidden" name="domain" value="${domain}" />
          <button class="plain" aria-label="${words.removeNamed(domain)}">${words.remove}</button>
        </form>
      </li> `,
  );
  return html`<section class="card">
    <h2>${words.domains}</h2>
    <p>${words.domainsLead}</p>
    ${
      domains.length === 0
        ? html`<p>${words.noDomains}</p>`
        : html`<ul>
            ${items}
          </ul>`
    }
    <form method="post" action="${path}">
      <label>${words.domain} <input name="domain" maxlength="253" required /></label>
      <button>${words.addDomain}</button>
    </form>
  </section>`;
}

function membersCard(visit: Visit, { id }: Organization): Html {
  const { ca, language } = visit;
  const words = organizationWordsOf[language];
  const members = ca.organizations.members(id);
  const rows = members.flatMap((member) =>
    member.roles.map((role) => memberRow(visit, { id, member, role })),
  );
  const people = ca.people
    .list()
    .map(({ id, name, email }) => ({ value: `person:${id}`, label: `${name} (${email})` }));
  const services = ca.registry
    .services()
    .map((name) => ({ value: `service:${name}`, label: words.service(name) }));
  return html`<section class="card">
    <h2>${words.members}</h2>
    <p>${words.membersLead}</p>
    ${
      rows.length === 0
        ? html`<p>${words.noMembers}</p>`
        : table([words.member, words.role], rows, 'actions')
    }
    <form method="post" action="${organizationPath(id)}/members">
      ${select({ name: 'member', label: words.member, choices: [...people, ...services] })}
      ${select({
        ...{ name: 'role', label: words.role },
        choices: memberRoles.map((role) => ({ value: role, label: words.roles[role] })),
      })}
      <button>${words.addMember}</button>
    </form>
  </section>`;
}

type Held = {
  readonly id: string;
  readonly member: Member;
  readonly role: Member['roles'][number];
};

function memberRow({ language }: Visit, { id, member, role }: Held): Html {
  const words = organizationWordsOf[language];
  const { named, subject } = member;
  const name = 'service' in named ? words.service(named.service) : named.name;
  return html`<tr>
    <td>${name}${'email' in named && html`<br />${named.email}`}</td>
    <td>${words.roles[role]}</td>
    <td>
      <form method="post" action="${organizationPath(id)}/members/remove">
        <input type="hidden" name="member" value="${subject}" />
        <input type="hidden" name="role" value="${role}" />
        <button class="plain" aria-label="${words.removeRole(name, words.roles[role])}">
          ${words.remove}
        </button>
      </form>
    </td>
  </tr> `;
}

function rulesCard(visit: Visit, organization: Organization): Html {
  const words = organizationWordsOf[visit.language];
  const forms = profiles.map((profile) => ruleForm(visit, organization, profile));
  return html`<section class="card">
    <h2>${words.rules}</h2>
    <p>${words.rulesLead}</p>
    ${forms}
  </section>`;
}

function ruleForm(
  { ca, language }: Visit,
  { id }: Organization,
  profile: Profile,
): Html | undefined {
  const words = organizationWordsOf[language];
  const { name } = profile;
  const rule = ca.organizations.ruleFor(id, profile);
  if (rule === undefined) return undefined;
  const path = `${organizationPath(id)}/rules`;
  const isOwn = ca.organizations.rule(id, name) !== undefined;
  return html`<h3>${approvalName(name)?.[language] ?? name}</h3>
    <p class="quiet"><code>${name}</code>. ${isOwn ? words.ownRule : words.usualRule}</p>
    <form method="post" action="${path}">
      <input type="hidden" name="profile" value="${name}" />
      ${ruleFields(rule, words)}
      <button>${words.setRule}</button>
    </form>
    ${
      isOwn &&
      html`<form method="post" action="${path}">
        <input type="hidden" name="profile" value="${name}" />
        <input type="hidden" name="reset" value="yes" />
        <button class="plain">${words.resetRule}</button>
      </form>`
    } `;
}

type Words = (typeof organizationWordsOf)['en'];

function ruleFields({ required, by, hardware, hours }: ApprovalRule, words: Words): Html {
  const check = (name: string, value: string, label: string, isSet: boolean): Html =>
    html`<label class="check"
      ><input type="checkbox" name="${name}" value="${value}" ${isSet && html`checked`} />
      ${label}</label
    >`;
  return html`<label
      >${words.required}
      <input name="required" type="number" min="1" max="8" value="${required}" required
    /></label>
    <label
      >${words.hours} <input name="hours" type="number" min="1" max="720" value="${hours}" required
    /></label>
    ${check('by', 'ppkp-01', words.byPasskey, by.includes('ppkp-01'))}
    ${check('by', 'cert-01', words.byCertificate, by.includes('cert-01'))}
    ${check('hardware', 'yes', words.hardware, hardware)}`;
}
