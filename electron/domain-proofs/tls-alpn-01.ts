import { createSecureContext, createServer, type SecureContext, type TLSSocket } from 'node:tls';
import type {
  DomainProof,
  ProofCleanup,
  ProofRequest,
  ProofSubject,
} from '../acme/domain-proof.ts';
import { addressOctets } from '../certificates/ip-address.ts';
import { acmeTlsCertificate, type AcmeTlsSubject } from './acme-tls-certificate.ts';
import { domainName } from './dns-name.ts';
import { DomainProofError } from './domain-proof-error.ts';
import { Answers, listen, type Close, type ListeningPlace } from './listening.ts';
import { reverseName } from './reverse-name.ts';

const protocol = 'acme-tls/1';
const milliseconds = { toShakeHands: 10_000, toLeave: 1_000 } as const;

export interface TlsAlpn01Options extends ListeningPlace {
  readonly now?: () => Date;
}

/** Answers `tls-alpn-01` (RFC 8737) on a port that is open only while there is something to answer. */
export class TlsAlpn01Responder implements DomainProof {
  readonly type = 'tls-alpn-01';
  readonly #now: () => Date;
  /** By the name that the CA puts into SNI. */
  readonly #contexts: Answers<SecureContext>;

  /** RFC 8737 §3: the CA comes to port 443. */
  constructor({ now, ...place }: TlsAlpn01Options) {
    this.#contexts = new Answers(() => this.#open(place));
    this.#now = now ?? (() => new Date());
  }

  suits({ identifier, wildcard }: ProofSubject): boolean {
    const { type, value } = identifier;
    return !wildcard && (type === 'dns' || (type === 'ip' && addressOctets(value) !== undefined));
  }

  async prepare(request: ProofRequest): Promise<ProofCleanup> {
    request.signal?.throwIfAborted();
    const { identifier, keyAuthorization } = request;
    if (keyAuthorization === undefined) {
      throw new DomainProofError('challenge-malformed', 'making a certificate from a challenge');
    }
    const { serverName, subject } = addressee(identifier);
    const context = createSecureContext({
      ...acmeTlsCertificate(subject, keyAuthorization, this.#now()),
      minVersion: 'TLSv1.2',
    });
    return this.#contexts.put(serverName, context, request.signal);
  }

  #open(place: ListeningPlace): Promise<Close> {
    const server = createServer({
      ALPNProtocols: [protocol],
      minVersion: 'TLSv1.2',
      handshakeTimeout: milliseconds.toShakeHands,
      // Whoever does not ask for one of our names gets no certificate, and so no connection.
      SNICallback: (name, answer) => {
        const context = this.#contexts.get(name.toLowerCase());
        if (context) answer(null, context);
        else answer(new DomainProofError('identifier', 'answering a handshake'));
      },
    });
    server.on('secureConnection', leave);
    server.on('tlsClientError', (_error, socket) => socket.destroy());
    return listen(server, place);
  }
}

/** RFC 8737 §3: nothing is said after the handshake. Who does not leave then is left. */
function leave(socket: TLSSocket): void {
  const timer = setTimeout(() => socket.destroy(), milliseconds.toLeave);
  socket.once('close', () => clearTimeout(timer));
  socket.on('error', () => socket.destroy()).end();
}

/** RFC 8738 §6: an address is asked for by its reverse name, and is in the certificate as an address. */
function addressee({ type, value }: ProofRequest['identifier']): {
  readonly serverName: string;
  readonly subject: AcmeTlsSubject;
} {
  const ip = type === 'ip' ? addressOctets(value) : undefined;
  if (ip !== undefined) return { serverName: reverseName(ip), subject: { ip } };
  if (type !== 'dns') throw new DomainProofError('identifier', 'making a certificate for a proof');
  const dns = domainName(value);
  return { serverName: dns, subject: { dns } };
}
