import { getCACertificates } from 'node:tls';
import { createTransport } from 'nodemailer';
import type { Mail } from '../state/outbox.ts';
import type { MailServer } from './mail-server.ts';

export type Delivery =
  | { readonly outcome: 'taken' }
  /** The server will never take this mail. */
  | { readonly outcome: 'refused'; readonly why: string }
  /** It may take it later. */
  | { readonly outcome: 'later'; readonly why: string }
  /** There is no server to be talked to, or none that may be. */
  | { readonly outcome: 'unreachable'; readonly why: string };

export type Sender = {
  send(mail: Mail): Promise<Delivery>;
  /** Breaks off what is under way. */
  close(): void;
};

export type SenderOptions = {
  readonly server: MailServer;
  readonly from: string;
  /** PEM: may have certified the server, beside those that everybody trusts. */
  readonly root: string;
};

const CONNECTING = 10_000;
const SILENCE = 30_000;

export function createSender({ server, from, root }: SenderOptions): Sender {
  const { host, port, security, login } = server;
  const transport = createTransport({
    ...{ host, port },
    secure: security === 'implicit',
    requireTLS: security === 'starttls',
    ignoreTLS: security === 'none',
    tls: { ca: [...getCACertificates('default'), root], minVersion: 'TLSv1.2' },
    ...(login !== undefined && { auth: { user: login.user, pass: login.password } }),
    ...{ connectionTimeout: CONNECTING, greetingTimeout: CONNECTING, socketTimeout: SILENCE },
    // A mail is text, whatever looks like a path or an address in it.
    ...{ disableFileAccess: true, disableUrlAccess: true },
  });
  const ending = new AbortController();
  return {
    async send({ recipient, subject, body }) {
      try {
        await transport.sendMail({
          from: { name: 'Local CA', address: from },
          to: { name: '', address: recipient },
          envelope: { from, to: [recipient] },
          ...{ subject, text: body, signal: ending.signal },
          // RFC 3834 §5: no machine answers.
          headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
        });
        return { outcome: 'taken' };
      } catch (error) {
        return deliveryOf(error);
      }
    },
    close: () => ending.abort(),
  };
}

/** By codes: the server's words may have anything in them. */
function deliveryOf(error: unknown): Delivery {
  if (!(error instanceof Error)) throw error;
  const code = 'code' in error ? String(error.code) : '';
  const reply = 'responseCode' in error ? ` ${String(error.responseCode)}` : '';
  const why = `${code}${reply}`;
  if (!['EENVELOPE', 'EMESSAGE'].includes(code)) return { outcome: 'unreachable', why };
  if (reply === '') return { outcome: 'refused', why };
  const command = 'command' in error ? error.command : undefined;
  // Who is refused as a sender, or has to log in, is so for all mails: whoever runs the CA is to mend it.
  if (command !== 'RCPT TO' && command !== 'DATA') return { outcome: 'unreachable', why };
  const isForGood = 'permanent' in error && error.permanent === true;
  return { outcome: isForGood ? 'refused' : 'later', why };
}
