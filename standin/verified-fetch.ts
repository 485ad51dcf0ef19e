// A session with a certificate verify proc has its pages' requests made from here: Chromium, driven from outside, shows
// nobody the certificate of a server before it decides.
import { request as sendRequest, type IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { buffer } from 'node:stream/consumers';
import {
  checkServerIdentity,
  connect,
  type DetailedPeerCertificate,
  type TLSSocket,
} from 'node:tls';
import type Electron from 'electron';
import type { Protocol } from './cdp.ts';

export type VerifyProc = NonNullable<Parameters<Electron.Session['setCertificateVerifyProc']>[0]>;

// chromium/net/base/net_error_list.h.
const OK = 0;
const FAILED = -2;
const USE_OWN_RESULT = -3;
const CERT_COMMON_NAME_INVALID = -200;
const CERT_AUTHORITY_INVALID = -202;

/** A request that came to nothing, and what Chromium is to say of it. */
export class FetchFailure extends Error {
  readonly code = 'ERR_STANDIN_FETCH';
  readonly reason: Protocol.Network.ErrorReason;

  constructor(reason: Protocol.Network.ErrorReason, options?: ErrorOptions) {
    super(`stand-in: a request failed: ${reason}`, options);
    this.reason = reason;
  }
}

/** Asks the proc about the server before anything is said to it. Redirects are the page's to follow. */
export async function fetchVerified(request: Request, verify: VerifyProc): Promise<Response> {
  const url = new URL(request.url);
  const socket = await connectTo(url);
  try {
    if (!(await isAccepted(socket, url.hostname, verify))) throw new FetchFailure('Failed');
    return await exchange(request, socket);
  } finally {
    socket.destroy();
  }
}

function connectTo({ hostname, port }: URL): Promise<TLSSocket> {
  const host = hostname.replace(/^\[|\]$/g, '');
  return new Promise((resolve, reject) => {
    const socket = connect({
      host,
      port: Number(port || 443),
      ...(isIP(host) === 0 && { servername: host }),
      ALPNProtocols: ['http/1.1'],
      // The app decides.
      rejectUnauthorized: false,
    });
    socket.once('secureConnect', () => resolve(socket));
    socket.once('error', (cause: NodeJS.ErrnoException) =>
      reject(new FetchFailure(reasonFor(cause), { cause })),
    );
  });
}

function reasonFor({ code }: NodeJS.ErrnoException): Protocol.Network.ErrorReason {
  if (code === 'ECONNREFUSED') return 'ConnectionRefused';
  if (code === 'ECONNRESET') return 'ConnectionReset';
  return code === 'ENOTFOUND' ? 'NameNotResolved' : 'Failed';
}

async function isAccepted(socket: TLSSocket, hostname: string, verify: VerifyProc) {
  const peer = socket.getPeerCertificate(true);
  const errorCode = ownResult(socket, hostname, peer);
  const certificate = toCertificate(peer);
  const answer = await new Promise<number>((resolve) => {
    verify(
      {
        ...{ hostname, certificate, validatedCertificate: certificate, errorCode },
        isIssuedByKnownRoot: errorCode === OK,
        verificationResult: RESULTS[errorCode] ?? 'net::ERR_FAILED',
      },
      resolve,
    );
  });
  return answer === OK || (answer === USE_OWN_RESULT && errorCode === OK);
}

const RESULTS: Readonly<Record<number, string>> = {
  [OK]: 'net::OK',
  [FAILED]: 'net::ERR_FAILED',
  [CERT_COMMON_NAME_INVALID]: 'net::ERR_CERT_COMMON_NAME_INVALID',
  [CERT_AUTHORITY_INVALID]: 'net::ERR_CERT_AUTHORITY_INVALID',
};

function ownResult(socket: TLSSocket, hostname: string, peer: DetailedPeerCertificate): number {
  if (!socket.authorized) return CERT_AUTHORITY_INVALID;
  return checkServerIdentity(hostname, peer) === undefined ? OK : CERT_COMMON_NAME_INVALID;
}

// As Electron's structure has it. Node closes the chain with a root that is its own issuer.
function toCertificate(peer: DetailedPeerCertificate): Electron.Certificate {
  const issuer = peer.issuerCertificate as DetailedPeerCertificate | undefined;
  const isLast =
    issuer === undefined || issuer === peer || issuer.fingerprint256 === peer.fingerprint256;
  const base64 = peer.raw.toString('base64').replaceAll(/(.{64})/g, '$1\n');
  return {
    data: `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`,
    fingerprint: `sha256/${Buffer.from(peer.fingerprint256.replaceAll(':', ''), 'hex').toString('base64')}`,
    issuer: toPrincipal(peer.issuer),
    issuerName: nameOf(peer.issuer),
    serialNumber: peer.serialNumber,
    subject: toPrincipal(peer.subject),
    subjectName: nameOf(peer.subject),
    validStart: Date.parse(peer.valid_from) / 1000,
    validExpiry: Date.parse(peer.valid_to) / 1000,
    // Electron leaves it out of the last one, whatever its types say.
    ...({ issuerCert: isLast ? undefined : toCertificate(issuer) } as IssuedBy),
  };
}

type IssuedBy = Pick<Electron.Certificate, 'issuerCert'>;
type Name = DetailedPeerCertificate['subject'];

const nameOf = ({ CN }: Name): string => [CN ?? ''].flat()[0] ?? '';

function toPrincipal(name: Name): Electron.CertificatePrincipal {
  const all = (value: string | string[] | undefined) => (value === undefined ? [] : [value].flat());
  return {
    commonName: nameOf(name),
    organizations: all(name.O),
    organizationUnits: all(name.OU),
    locality: all(name.L)[0] ?? '',
    state: all(name.ST)[0] ?? '',
    country: all(name.C)[0] ?? '',
  };
}

async function exchange(request: Request, socket: TLSSocket): Promise<Response> {
  const body = Buffer.from(await request.arrayBuffer());
  const { method, headers, url } = request;
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const { host, pathname, search } = new URL(url);
    const sent = sendRequest(
      {
        // The socket is encrypted already.
        ...{ method, path: pathname + search, createConnection: () => socket },
        headers: {
          host,
          ...Object.fromEntries(headers),
          'accept-encoding': 'identity',
          connection: 'close',
          ...(body.length > 0 && { 'content-length': body.length }),
        },
      },
      resolve,
    );
    sent.once('error', (cause: NodeJS.ErrnoException) =>
      reject(new FetchFailure(reasonFor(cause), { cause })),
    );
    sent.end(body);
  });
  const content = await buffer(answer);
  const status = answer.statusCode ?? 502;
  const given = new Headers();
  for (let index = 0; index < answer.rawHeaders.length; index += 2) {
    const [name = '', value = ''] = answer.rawHeaders.slice(index, index + 2);
    if (!/^(connection|transfer-encoding|content-length)$/i.test(name)) given.append(name, value);
  }
  const isEmpty = [101, 204, 205, 304].includes(status);
  return new Response(isEmpty ? null : new Uint8Array(content), {
    ...{ status, headers: given },
    statusText: answer.statusMessage ?? '',
  });
}
