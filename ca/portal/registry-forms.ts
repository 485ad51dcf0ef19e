import { RegistryError } from '../registry.ts';
import type { DomainOwner } from '../registry.ts';
import { page, seeOther, type Answer } from './answer.ts';
import type { Holder } from './certificates-card.ts';
import { certificateWordsOf } from './certificate-words.ts';
import type { CertificateWords } from './certificate-words.ts';
import { domainsCard } from './domains-card.ts';
import { layout } from './layout.ts';
import { ORGANIZATION } from './paths.ts';
import type { Visit } from './visit.ts';

/** Shows a page again, with what went wrong with its form. */
export type Again = (alert: string) => Answer | Promise<Answer>;

export async function addCertificate(visit: Visit, holder: Holder, again: Again): Promise<Answer> {
  const { form, ca, language } = visit;
  const words = certificateWordsOf[language];
  const onToken = form.get('onToken') === 'yes';
  try {
    const added = ca.registry.addCertificate(holder.subject, form.get('pem') ?? '', { onToken });
    const isKnown = ca.registry
      .certificates(holder.subject)
      .some(({ id, knownIssuer }) => id === added && knownIssuer);
    if (isKnown) return seeOther(holder.path);
    return { ...(await again(words.issuerUnknownHint)), status: 200 };
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    return again(refusalOf(error, words));
  }
}

function refusalOf({ code }: RegistryError, words: CertificateWords): string {
  switch (code) {
    case 'alreadyRegistered':
      return words.taken;
    case 'expired':
    case 'weak':
      return words[code];
    default:
      return words.unreadable;
  }
}

export function markCertificate({ form, ca }: Visit, holder: Holder): Answer {
  const id = ownId(form, holder, ca.registry);
  if (id !== undefined) ca.registry.markOnToken(id, form.get('onToken') === 'yes');
  return seeOther(holder.path);
}

export function removeCertificate({ form, ca }: Visit, holder: Holder): Answer {
  const id = ownId(form, holder, ca.registry);
  if (id !== undefined) ca.registry.removeCertificate(id);
  return seeOther(holder.path);
}

/** Removing twice is removing once. */
function ownId(
  form: URLSearchParams,
  { subject }: Holder,
  registry: Visit['ca']['registry'],
): string | undefined {
  const wanted = form.get('id');
  return registry.certificates(subject).find(({ id }) => id === wanted)?.id;
}

export function acceptIssued({ form, ca }: Visit, personId: string, { path }: Holder): Answer {
  ca.registry.acceptIssued(personId, form.get('accepted') === 'yes');
  return seeOther(path);
}

type Domains = { readonly owner: DomainOwner; readonly path: string };

export async function addDomain(
  { form, ca, language }: Visit,
  { owner, path }: Domains,
  again: Again,
): Promise<Answer> {
  try {
    ca.registry.addDomain(owner, form.get('domain') ?? '');
    return seeOther(path);
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    return again(certificateWordsOf[language].badDomain);
  }
}

export function removeDomain({ form, ca }: Visit, { owner, path }: Domains): Answer {
  ca.registry.removeDomain(owner, form.get('domain') ?? '');
  return seeOther(path);
}

/** The names of the organisation itself. */
export function organizationPage(visit: Visit, alert?: string): Answer {
  const { language } = visit;
  const main = domainsCard(visit, 'organization', ORGANIZATION);
  const title = certificateWordsOf[language].domains;
  const content = { title, main, section: ORGANIZATION, alert };
  return page(layout(visit, content), alert === undefined ? 200 : 422);
}
