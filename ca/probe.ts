import type { X509Certificate } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { TLSSocket } from 'node:tls';
import type { Person } from './people-types.ts';
import type { State } from './state.ts';
import type { IssuedCertificate } from './state/certificates.ts';

/** What the probe says about the certificate a client came with. */
export type Visitor =
  | {
      readonly authorized: true;
      readonly subject: string;
      readonly name: string | undefined;
      readonly email: string | undefined;
      /** Lower-case hex. */
      readonly serial: string;
    }
  | { readonly authorized: false; readonly reason: 'noCertificate' | 'untrusted' | 'revoked' };

/** A web page behind mutual TLS: the proof that a certificate is of use. */
export function createProbe(state: State, log: (line: string) => void): RequestListener {
  return (request, response) => {
    const visitor = identify(request, state);
    const status = visitor.authorized ? 200 : 403;
    const [path] = (request.url ?? '').split('?');
    log(`probe ${status} ${visitor.authorized ? visitor.serial : visitor.reason}`);
    if (path === '/whoami')
      answer(response, { status, type: 'application/json', body: JSON.stringify(visitor) });
    else if (path === '/')
      answer(response, { status, type: 'text/html; charset=utf-8', body: page(visitor) });
    else
      answer(response, {
        status: 404,
        type: 'text/plain',
        body: 'There is nothing at this path.\n',
      });
  };
}

function identify({ socket }: IncomingMessage, state: State): Visitor {
  const certificate = socket instanceof TLSSocket ? socket.getPeerX509Certificate() : undefined;
  if (certificate === undefined) return { authorized: false, reason: 'noCertificate' };
  // OpenSSL has judged chain, dates and purpose; whether it was issued and is unrevoked, the register knows.
  const trusted = socket instanceof TLSSocket && socket.authorized;
  const issued = trusted ? state.certificates.findBySerial(serialOf(certificate)) : undefined;
  if (issued?.leaf.equals(certificate.raw) !== true)
    return { authorized: false, reason: 'untrusted' };
  if (issued.revokedAt !== undefined) return { authorized: false, reason: 'revoked' };
  return {
    authorized: true,
    subject: certificate.subject,
    name: holderOf(issued, state)?.name,
    email: issued.identifiers.find(({ type }) => type === 'email')?.value,
    serial: certificate.serialNumber.toLowerCase(),
  };
}

function holderOf({ accountId }: IssuedCertificate, state: State): Person | undefined {
  const personId = state.accounts.find(accountId)?.personId;
  return personId === undefined ? undefined : state.persons.find(personId);
}

function serialOf(certificate: X509Certificate): Buffer {
  return Buffer.from(certificate.serialNumber, 'hex');
}

const refusals = {
  noCertificate: 'No certificate was presented.',
  untrusted: 'The certificate is not one of this CA, or not for signing in.',
  revoked: 'The certificate was revoked.',
} as const;

function page(visitor: Visitor): string {
  const title = visitor.authorized ? 'Signed in' : 'Not signed in';
  const text = visitor.authorized
    ? `Signed in as ${visitor.name ?? ''} ${visitor.email ?? ''}`.trim()
    : refusals[visitor.reason];
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>${title}</title><h1>${title}</h1><p>${escapeHtml(text)}</p></html>\n`;
}

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.codePointAt(0) ?? 0};`);
}

type PageAnswer = { readonly status: number; readonly type: string; readonly body: string };

function answer(response: ServerResponse, { status, type, body }: PageAnswer): void {
  response.writeHead(status, {
    'Content-Type': type,
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
  });
  response.end(body);
}
