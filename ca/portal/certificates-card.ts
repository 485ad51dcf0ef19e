import type { CertificateSummary, SubjectName } from '../registry.ts';
import { certificateWordsOf } from './certificate-words.ts';
import { moment, table } from './elements.ts';
import { html, type Html } from './html.ts';
import type { Visit } from './visit.ts';

/** For whom certificates are shown, and under which path their forms are. */
export type Holder = { readonly subject: SubjectName; readonly path: string };

/** The certificates by which a person or a service proves who they are. */
export function certificatesCard(visit: Visit, holder: Holder): Html {
  const words = certificateWordsOf[visit.language];
  const { registry } = visit.ca;
  const registered = registry.certificates(holder.subject);
  const issued = registry.issued(holder.subject);
  return html`<section class="card">
    <h2>${words.certificates}</h2>
    <p>${isPersons(holder) ? words.certificatesLead : words.serviceCertificatesLead}</p>
    ${registered.length === 0 ? html`<p>${words.noCertificates}</p>` : certificateTable(visit, holder, registered)}
    ${issued.length > 0 && html`<h3>${words.issuedHere}</h3>`}
    ${issued.length > 0 && certificateTable(visit, holder, issued)} ${issuedForm(visit, holder)}
    <form method="post" action="${holder.path}/certificates">
      <label
        >${words.pem} <textarea name="pem" rows="4" required spellcheck="false"></textarea>
      </label>
      <label class="check"
        ><input type="checkbox" name="onToken" value="yes" /> ${words.isOnToken}</label
      >
      <button>${words.addCertificate}</button>
      <p class="quiet">${words.addHint}</p>
    </form>
  </section>`;
}

function isPersons({ subject }: Holder): boolean {
  return subject.startsWith('person:');
}

/** A service may always renew itself with what it was issued. */
function issuedForm({ ca, language }: Visit, holder: Holder): Html | false {
  if (!isPersons(holder)) return false;
  const { subject, path } = holder;
  const words = certificateWordsOf[language];
  const accepted = ca.registry.acceptsIssued(subject.slice('person:'.length));
  return html`<form method="post" action="${path}/certificates/issued">
    <p>${accepted ? words.issuedAccepted : words.issuedRefused}</p>
    <input type="hidden" name="accepted" value="${accepted ? 'no' : 'yes'}" />
    <button class="plain">${accepted ? words.refuseIssued : words.acceptIssued}</button>
  </form>`;
}

function certificateTable(
  visit: Visit,
  holder: Holder,
  certificates: readonly CertificateSummary[],
): Html {
  const { language } = visit;
  const words = certificateWordsOf[language];
  const rows = certificates.map(
    (one) =>
      html`<tr>
        <td>${nameOf(one)}<br /><code>${one.serialNumber}</code></td>
        <td>
          ${inOneLine(one.issuer)}
          ${!one.knownIssuer && html`<br /><strong>${words.issuerUnknown}</strong>`}
        </td>
        <td>${moment(one.notAfter, language)}</td>
        <td>${one.onToken ? words.onToken : words.inSoftware}</td>
        <td>${actions(visit, holder, one)}</td>
      </tr> `,
  );
  return table(
    [words.certificate, words.issuedBy, words.validUntil, words.keyPlace],
    rows,
    'actions',
  );
}

function actions({ language }: Visit, { path }: Holder, one: CertificateSummary): Html {
  const words = certificateWordsOf[language];
  if (one.id === undefined) {
    const form = (onToken: boolean, label: string): Html =>
      html`<form method="post" action="${path}/certificates">
        <input type="hidden" name="pem" value="${one.pem}" />
        ${onToken && html`<input type="hidden" name="onToken" value="yes" />`}
        <button class="plain">${label}</button>
      </form>`;
    return html`${form(false, words.register)} ${form(true, words.registerOnToken)}`;
  }
  return html`<form method="post" action="${path}/certificates/mark">
      <input type="hidden" name="id" value="${one.id}" />
      <input type="hidden" name="onToken" value="${one.onToken ? 'no' : 'yes'}" />
      <button class="plain">${one.onToken ? words.markAnywhere : words.markOnToken}</button>
    </form>
    <form method="post" action="${path}/certificates/remove">
      <input type="hidden" name="id" value="${one.id}" />
      <button class="plain" aria-label="${words.removeNamed(nameOf(one))}">${words.remove}</button>
    </form>`;
}

function nameOf({ subject, serialNumber }: CertificateSummary): string {
  return inOneLine(subject) || serialNumber;
}

function inOneLine(name: string): string {
  return name.split('\n').join(', ');
}
