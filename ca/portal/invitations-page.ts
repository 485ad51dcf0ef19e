import { offersFor, type CredentialOffer } from '../offers.ts';
import type { Invitation, NewInvitation, Person } from '../people-types.ts';
import { page, seeOther, type Answer } from './answer.ts';
import { fact, facts, moment, qrCode, table } from './elements.ts';
import { html, type Html } from './html.ts';
import { invitationLink, landingPageLink } from './invitation-link.ts';
import { layout } from './layout.ts';
import { lifetimes, personPage } from './person-page.ts';
import { signerWords } from './signer-words.ts';
import type { Visit } from './visit.ts';
import type { Words } from './words.ts';

export function invitationsPage(visit: Visit): Answer {
  const { words, ca } = visit;
  const invitations = ca.people.invitations();
  const main =
    invitations.length === 0 ? html`<p>${words.noInvitations}</p>` : list(visit, invitations);
  return page(layout(visit, { title: words.invitations, main, section: '/portal/invitations' }));
}

export function withdraw(visit: Visit, kid: string): Answer {
  visit.ca.people.withdraw(kid);
  return seeOther('/portal/invitations');
}

export async function createInvitation(visit: Visit, person: Person): Promise<Answer> {
  const { form, words, ca } = visit;
  const offer = offersFor(person, ca).find(({ id }) => id === form.get('credential'));
  const lifetime = Object.entries(lifetimes).find(([name]) => name === form.get('lifetime'));
  if (offer === undefined) return personPage(visit, person, words.offerUnknown);
  if (lifetime === undefined) return personPage(visit, person, words.lifetimeUnknown);
  const invitation = ca.people.invite({ for: { personId: person.id }, lifetime: lifetime[1] });
  return newInvitationPage(visit, { person, offer, invitation });
}

type Fresh = {
  readonly person: Person;
  readonly offer: CredentialOffer;
  readonly invitation: NewInvitation;
};

// The answer to the form itself, not a page to be redirected to: nothing has to keep the key.
async function newInvitationPage(visit: Visit, fresh: Fresh): Promise<Answer> {
  const { ca, words, language } = visit;
  const { person, offer, invitation } = fresh;
  const content = {
    from: `${ca.origin}/profile.enroll`,
    kid: invitation.kid,
    macKey: invitation.macKey,
    credential: offer.id,
    email: person.email,
  };
  const link = invitationLink(content);
  const main = html`
    <p class="note">${words.shownOnce}</p>
    <div class="columns">
      <section class="card">
        <p><a class="button" href="${link}">${words.openInWallet}</a></p>
        ${facts(
          fact(words.credential, html`${offer.name[language]}`),
          fact(words.expires, moment(invitation.expires, language)),
          fact(words.invitationLink, link),
          fact(words.landingPage, landingPageLink(ca.origin, content)),
        )}
        <p><a href="/profile.enroll" download="local-ca.enroll">${words.profileFile}</a></p>
      </section>
      <section class="card">${await qrCode(link, words.invitationCode)}</section>
    </div>
    ${signerWords(visit)}
  `;
  const title = words.invitationFor(person.name);
  return page(layout(visit, { title, main, section: '/portal/people' }));
}

function list(visit: Visit, invitations: readonly Invitation[]): Html {
  const { words, language } = visit;
  const rows = invitations.map((invitation) => {
    const path = `/portal/invitations/${encodeURIComponent(invitation.kid)}/withdraw`;
    return html`<tr>
      <td>${invitation.email ?? invitation.service ?? ''}</td>
      <td><code>${invitation.kid}</code></td>
      <td>${moment(invitation.expires, language)}</td>
      <td>${statusWord(invitation, visit.now, words)}</td>
      <td>
        ${
          isOpen(invitation, visit.now) &&
          html`<form method="post" action="${path}">
            <button class="plain">${words.withdraw}</button>
          </form>`
        }
      </td>
    </tr> `;
  });
  return table([words.recipient, words.keyId, words.expires, words.status], rows, 'actions');
}

function isOpen(invitation: Invitation, now: Date): boolean {
  return !isUsedUp(invitation) && invitation.expires > now;
}

export function isUsedUp(invitation: Invitation): boolean {
  return invitation.usedAt !== undefined && !invitation.reusable;
}

function statusWord(invitation: Invitation, now: Date, words: Words): string {
  if (isUsedUp(invitation)) return words.used;
  return isOpen(invitation, now) ? words.open : words.expired;
}
