import type { Language } from './language.ts';

/** The words around certificates that prove who somebody is, and around registered domains. */
const english = {
  certificates: 'Certificates as proof',
  certificatesLead:
    'With a certificate that they have already, on a card or in a program, whoever it is registered for proves who they are in place of a one-time code.',
  serviceCertificatesLead:
    'With a certificate that it has already, the service proves which it is, with no person at hand.',
  noCertificates: 'None yet.',
  certificate: 'Certificate',
  issuedBy: 'Issued by',
  validUntil: 'Valid until',
  onToken: 'On a card or token',
  inSoftware: 'Anywhere',
  keyPlace: 'Key',
  issuedHere: 'Issued by this CA, not registered',
  markOnToken: 'Its key is on a card',
  markAnywhere: 'Its key may be anywhere',
  registerOnToken: 'Register it: its key is on a card',
  register: 'Register it',
  remove: 'Remove',
  removeNamed: (name: string) => `Remove ${name}`,
  pem: 'Certificate, as PEM',
  isOnToken: 'Its key is on a card or token, where nobody can copy it',
  addCertificate: 'Register the certificate',
  addHint:
    'It counts if this CA issued it, or one that is trusted for challenges (the option --challenge-root).',
  issuedAccepted: 'Any certificate for their address that this CA issued proves this person.',
  issuedRefused: 'What this CA issued proves this person only if it is registered here.',
  acceptIssued: 'Let all of them prove it',
  refuseIssued: 'Only those registered',
  unreadable:
    'That cannot be read as a certificate: paste it as PEM, from “-----BEGIN CERTIFICATE-----” to “-----END CERTIFICATE-----”.',
  expired: 'This certificate has expired: register the one that took its place.',
  weak: 'The key of this certificate is too weak: it takes RSA of 2048 bits or more, P-256, P-384, P-521 or Ed25519.',
  issuerUnknown: 'Not trusted here',
  issuerUnknownHint:
    'The certificate is registered, but its issuer is not trusted for challenges: it proves nothing unless it comes with a chain to one that is (the option --challenge-root).',
  taken: 'This certificate is registered already.',

  domains: 'Domains',
  domainsLead:
    'Certificates for code and documents are issued for these names of the organisation, to administrators who prove themselves with a passkey, a key pair or a certificate. Nobody proves control of the names: register only your own.',
  serviceDomains: 'DNS names of the service',
  serviceDomainsLead:
    'By the profiles “service” and “service-server”, this service gets certificates for these names, proven by a certificate that it has already.',
  noDomains: 'None yet.',
  domain: 'DNS name',
  addDomain: 'Register the name',
  badDomain: 'Enter a DNS name such as app.example.test, without an asterisk.',
  serviceTitle: (name: string) => `Service ${name}`,
  knownServices: 'Services',
};

export type CertificateWords = typeof english;

const german: CertificateWords = {
  certificates: 'Zertifikate als Nachweis',
  certificatesLead:
    'Mit einem Zertifikat, das schon da ist, auf einer Karte oder in einem Programm, weist sich aus, für wen es eingetragen ist, anstelle eines Einmalcodes.',
  serviceCertificatesLead:
    'Mit einem Zertifikat, das schon da ist, weist der Dienst nach, welcher er ist; niemand muss dabei sein.',
  noCertificates: 'Noch keines.',
  certificate: 'Zertifikat',
  issuedBy: 'Ausgestellt von',
  validUntil: 'Gültig bis',
  onToken: 'Auf Karte oder Token',
  inSoftware: 'Irgendwo',
  keyPlace: 'Schlüssel',
  issuedHere: 'Von dieser CA ausgestellt, nicht eingetragen',
  markOnToken: 'Der Schlüssel ist auf einer Karte',
  markAnywhere: 'Der Schlüssel kann überall sein',
  registerOnToken: 'Eintragen: Der Schlüssel ist auf einer Karte',
  register: 'Eintragen',
  remove: 'Entfernen',
  removeNamed: (name) => `${name} entfernen`,
  pem: 'Zertifikat, als PEM',
  isOnToken: 'Der Schlüssel ist auf einer Karte oder einem Token, wo ihn niemand kopieren kann',
  addCertificate: 'Zertifikat eintragen',
  addHint:
    'Es zählt, wenn diese CA es ausgestellt hat oder eine, der für Nachweise vertraut wird (Option --challenge-root).',
  issuedAccepted:
    'Jedes Zertifikat für ihre Adresse, das diese CA ausgestellt hat, weist diese Person aus.',
  issuedRefused: 'Was diese CA ausgestellt hat, weist diese Person nur aus, wenn es hier steht.',
  acceptIssued: 'Alle gelten lassen',
  refuseIssued: 'Nur die eingetragenen',
  unreadable:
    'Das lässt sich nicht als Zertifikat lesen: Fügen Sie es als PEM ein, von „-----BEGIN CERTIFICATE-----“ bis „-----END CERTIFICATE-----“.',
  expired:
    'Dieses Zertifikat ist abgelaufen: Tragen Sie das ein, das an seine Stelle getreten ist.',
  weak: 'Der Schlüssel dieses Zertifikats ist zu schwach: Es braucht RSA ab 2048 Bit, P-256, P-384, P-521 oder Ed25519.',
  issuerUnknown: 'Hier nicht vertraut',
  issuerUnknownHint:
    'Das Zertifikat ist eingetragen, aber seinem Aussteller wird für Nachweise nicht vertraut: Es weist nichts nach, wenn es nicht mit einer Kette zu einem kommt, dem vertraut wird (Option --challenge-root).',
  taken: 'Dieses Zertifikat ist schon eingetragen.',

  domains: 'Domains',
  domainsLead:
    'Für diese Namen der Organisation werden Zertifikate für Programme und Dokumente ausgestellt, an Personen der Administration, die sich mit Passkey, Schlüsselpaar oder Zertifikat ausweisen. Niemand weist nach, dass ihm die Namen gehören: Tragen Sie nur eigene ein.',
  serviceDomains: 'DNS-Namen des Dienstes',
  serviceDomainsLead:
    'Mit den Profilen „service“ und „service-server“ bekommt dieser Dienst Zertifikate für diese Namen; als Nachweis dient ein Zertifikat, das er schon hat.',
  noDomains: 'Noch keine.',
  domain: 'DNS-Name',
  addDomain: 'Namen eintragen',
  badDomain: 'Geben Sie einen DNS-Namen wie app.example.test ein, ohne Sternchen.',
  serviceTitle: (name) => `Dienst ${name}`,
  knownServices: 'Dienste',
};

export const certificateWordsOf: Readonly<Record<Language, CertificateWords>> = {
  en: english,
  de: german,
};
