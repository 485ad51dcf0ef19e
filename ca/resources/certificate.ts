import { bytes, link } from '../answer.ts';
import type { Answer } from '../answer.ts';
import type { Authority } from '../authority.ts';
import type { AccountRequest } from '../requests.ts';
import { toPem } from '../x509/certificate.ts';
import { ownCertificate } from './own.ts';

/** RFC 8555 §7.4.2: the leaf and its issuer; the chain under the other root is a link away. */
export function certificate(request: AccountRequest, authority: Authority): Answer {
  const { leaf, id } = ownCertificate(request, authority);
  const alternate = link(authority.urls.to('alternateCertificate', id), 'alternate');
  return chain([leaf, authority.hierarchy.issuer.certificate], alternate);
}

export function alternateCertificate(request: AccountRequest, authority: Authority): Answer {
  const { leaf, id } = ownCertificate(request, authority);
  const alternate = link(authority.urls.to('certificate', id), 'alternate');
  return chain([leaf, authority.hierarchy.crossIssuer], alternate);
}

function chain(certificates: readonly Buffer[], alternate: string): Answer {
  const pem = certificates.map((der) => toPem('CERTIFICATE', der)).join('');
  return bytes('application/pem-certificate-chain', Buffer.from(pem), { Link: alternate });
}
