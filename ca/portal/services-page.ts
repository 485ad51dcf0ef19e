import type { NewInvitation } from '../people-types.ts';
import { page, type Answer } from './answer.ts';
import { fact, facts, moment, select } from './elements.ts';
import { line, longestName } from './form.ts';
import { html } from './html.ts';
import { invitationLink } from './invitation-link.ts';
import { layout } from './layout.ts';
import { lifetimeChoices, lifetimes } from './person-page.ts';
import { serviceList } from './service-page.ts';
import { signerWords } from './signer-words.ts';
import type { Visit } from './visit.ts';

export function servicesPage(visit: Visit, alert?: string): Answer {
  const { words } = visit;
  const main = html`
    <p class="lead">${words.servicesLead}</p>
    ${serviceList(visit)}
    <section class="card">
      <form method="post" action="/portal/services">
        <label>${words.service} <input name="service" maxlength="${longestName}" required /></label>
        ${select({ name: 'lifetime', label: words.validFor, choices: lifetimeChoices(words) })}
        <label class="check"
          ><input type="checkbox" name="reusable" value="yes" /> ${words.reusable}</label
        >
        <button>${words.createKey}</button>
      </form>
    </section>
  `;
  const content = { title: words.services, main, section: '/portal/services', alert };
  return page(layout(visit, content), alert === undefined ? 200 : 422);
}

export function createServiceKey(visit: Visit): Answer {
  const { form, words, ca } = visit;
  const service = line(form, 'service', longestName);
  const lifetime = Object.entries(lifetimes).find(([name]) => name === form.get('lifetime'));
  if (service === undefined) return servicesPage(visit, words.serviceMissing);
  if (lifetime === undefined) return servicesPage(visit, words.lifetimeUnknown);
  const invitation = ca.people.invite({
    for: { service },
    lifetime: lifetime[1],
    reusable: form.get('reusable') === 'yes',
  });
  return newKeyPage(visit, service, invitation);
}

function newKeyPage(visit: Visit, service: string, invitation: NewInvitation): Answer {
  const { words, ca, language } = visit;
  const account = `--eab --kid ${invitation.kid} --hmac ${invitation.macKey}`;
  const lego =
    `LEGO_CA_CERTIFICATES=local-ca-root.pem lego --server ${ca.directoryUrl} ${account} \\\n` +
    `  --accept-tos --email you@example.test --domains www.example.test --http run`;
  const certbot =
    `REQUESTS_CA_BUNDLE=local-ca-root.pem certbot certonly --server ${ca.directoryUrl} \\\n` +
    `  --eab-kid ${invitation.kid} --eab-hmac-key ${invitation.macKey} \\\n` +
    `  --agree-tos --email you@example.test --standalone -d www.example.test`;
  const { kid, macKey } = invitation;
  const link = invitationLink({ from: `${ca.origin}/profile.enroll`, kid, macKey });
  const main = html`
    <p class="note">${words.keyShownOnce}</p>
    ${facts(
      fact(words.directory, ca.directoryUrl),
      fact(words.keyId, invitation.kid),
      fact(words.macKey, invitation.macKey),
      fact(words.expires, moment(invitation.expires, language)),
    )}
    <p><a href="/portal/root.pem" download>${words.downloadRoot}</a></p>
    <section class="card">
      <h2>lego</h2>
      <pre><code>${lego}</code></pre>
      <h2>certbot</h2>
      <pre><code>${certbot}</code></pre>
      <h2>Countersign</h2>
      <p>${words.serviceJoins}</p>
      <pre><code>${link}</code></pre>
      <pre><code>countersign join - --fingerprint …</code></pre>
    </section>
    ${signerWords(visit)}
  `;
  return page(layout(visit, { title: words.keyFor(service), main, section: '/portal/services' }));
}
