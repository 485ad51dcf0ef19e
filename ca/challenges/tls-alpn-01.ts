import { createHash, X509Certificate } from 'node:crypto';
import { connect } from 'node:tls';
import type { TLSSocket } from 'node:tls';
import { Problem } from '../problems.ts';
import * as der from '../x509/der.ts';
import { extensionTypes } from '../x509/extensions.ts';
import type { ObservedChallengeType } from './challenge-type.ts';
import type { NameResolution } from './name-resolution.ts';

export type TlsAlpnOptions = {
  readonly names: NameResolution;
  /** 443 on the open Internet (RFC 8737 §3). */
  readonly port: number;
};

const PROTOCOL = 'acme-tls/1';

/** RFC 8737: the digest of the key authorization, in the certificate of a special TLS handshake. */
export function createTlsAlpn({ names, port }: TlsAlpnOptions): ObservedChallengeType {
  return {
    kind: 'observed',
    type: 'tls-alpn-01',
    async observe({ domain, keyAuthorization }, signal) {
      const host = await names.addressOf(domain);
      const certificate = await handshake({ host, port, domain, signal });
      const fault = faultOf(certificate, domain, keyAuthorization);
      if (fault !== undefined) throw new Problem('incorrectResponse', fault);
    },
  };
}

type Handshake = {
  readonly host: string;
  readonly port: number;
  readonly domain: string;
  readonly signal: AbortSignal;
};

async function handshake({ host, port, domain, signal }: Handshake): Promise<X509Certificate> {
  // The look-up may have taken all of the time, and a signal is given only once.
  signal.throwIfAborted();
  const socket = connect({
    host,
    port,
    servername: domain,
    ALPNProtocols: [PROTOCOL],
    minVersion: 'TLSv1.2',
    // §3: the certificate is self-signed; what counts is what it says.
    rejectUnauthorized: false,
  });
  const abort = (): void => void socket.destroy(new Error('the time is up'));
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await certificateOf(socket, domain);
  } finally {
    signal.removeEventListener('abort', abort);
    socket.destroy();
  }
}

function certificateOf(socket: TLSSocket, domain: string): Promise<X509Certificate> {
  return new Promise((resolve, reject) => {
    socket.once('secureConnect', () => {
      const certificate = socket.getPeerX509Certificate();
      if (socket.alpnProtocol === PROTOCOL && certificate !== undefined) resolve(certificate);
      else reject(new Problem('tls', `The server for ${domain} did not agree on ${PROTOCOL}.`));
    });
    socket.once('error', (cause) =>
      reject(new Problem('tls', `The TLS handshake for ${domain} failed.`, { cause })),
    );
  });
}

function faultOf(
  certificate: X509Certificate,
  domain: string,
  keyAuthorization: string,
): string | undefined {
  if (certificate.subjectAltName?.toLowerCase() !== `DNS:${domain}`.toLowerCase()) {
    return 'The certificate is not for that one name.';
  }
  const digest = createHash('sha256').update(keyAuthorization).digest();
  const expected = der.octetString(der.octetString(digest));
  const found = readAcmeIdentifier(certificate.raw);
  return found?.equals(expected) === true
    ? undefined
    : 'The certificate has no critical acmeIdentifier extension with the expected digest.';
}

/** The extension's OCTET STRING when it is there and critical (RFC 8737 §3). */
function readAcmeIdentifier(certificate: Buffer): Buffer | undefined {
  const [body] = der.readAll(der.readSingle(certificate, der.tags.sequence).content);
  const fields = der.readAll(der.expectTag(body, der.tags.sequence).content);
  const wrapper = fields.find(({ tag }) => tag === 0xa3);
  if (wrapper === undefined) return undefined;
  const list = der.readSingle(wrapper.content, der.tags.sequence);
  for (const extension of der.readAll(list.content)) {
    const [type, critical, value] = der.readAll(extension.content);
    if (der.readObjectIdentifier(type) !== extensionTypes.acmeIdentifier) continue;
    if (critical?.raw.equals(der.boolean(true)) === true) return value?.raw;
  }
  return undefined;
}
