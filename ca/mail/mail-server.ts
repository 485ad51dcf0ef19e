import { isLoopback } from '../challenges/own-addresses.ts';
import { checkIdentifier } from '../identifiers.ts';

/** Who takes mails from the CA. */
export type MailServer = {
  readonly host: string;
  readonly port: number;
  /** TLS from the start, TLS by STARTTLS or nothing, or none, which is for this computer alone. */
  readonly security: 'implicit' | 'starttls' | 'none';
  readonly login?: { readonly user: string; readonly password: string };
};

/** What `CaOptions.mail` says. */
export type MailSetting = {
  readonly server: MailServer;
  /** The address that mails come from. */
  readonly from: string;
  /** Pauses, in seconds, before a mail is tried again; the last is repeated. 1 minute to 1 hour when not said. */
  readonly retrySeconds?: readonly number[];
};

/** What is no mail server, and why. The message quotes nothing: there may be a password in it. */
export class MailServerError extends Error {
  readonly code = 'badMailServer';
}

const ports = { 'smtp:': 587, 'smtps:': 465 } as const;

/** Reads `smtp[s]://[user@]host[:port]`. Throws MailServerError; for a password, too, which has no place in a command line. */
export function readMailServer(address: string, password?: string): MailServer {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || !isKnown(url.protocol) || url.hostname === '') {
    throw new MailServerError('a mail server is given as smtp://host:port or smtps://host:port');
  }
  if (url.password !== '') {
    throw new MailServerError('the password of a mail server is not given in its address');
  }
  if (url.search !== '' || url.hash !== '' || !['', '/'].includes(url.pathname)) {
    throw new MailServerError('the address of a mail server ends with its port');
  }
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const user = decoded(url.username);
  if ((user === '') !== (password === undefined)) {
    throw new MailServerError('a user and a password for the mail server go together');
  }
  return {
    host,
    port: url.port === '' ? ports[url.protocol] : Number(url.port),
    security: securityOf(url.protocol, host),
    ...(password !== undefined && { login: { user, password } }),
  };
}

/** An address that mails can come from. Throws MailServerError. */
export function readSenderAddress(text: string): string {
  const { identifier } = checkIdentifier({ type: 'email', value: text });
  if (identifier !== undefined) return identifier.value;
  throw new MailServerError('mails come from an email address');
}

function isKnown(protocol: string): protocol is keyof typeof ports {
  return Object.hasOwn(ports, protocol);
}

/** What crosses a network is encrypted, for a server that proves its name. */
function securityOf(protocol: keyof typeof ports, host: string): MailServer['security'] {
  if (protocol === 'smtps:') return 'implicit';
  return isLoopback(host) ? 'none' : 'starttls';
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
    throw new MailServerError('the user of the mail server is not encoded as in a URL');
  }
}
