import 'reflect-metadata';
import { X509Certificate } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { Bench } from 'tinybench';
import { describeCertificate } from '../../../electron/certificates/certificate-view.ts';
import { TestAuthority } from '../../../electron/testing/test-authority.ts';
import type { Figure } from '../figures.ts';

const count = 10_000;
const repetitions = 5;

/** What it takes to read a long list of certificates, with what a row of it shows. */
export async function measureListing(): Promise<readonly Figure[]> {
  const certificates = await manyCertificates();
  const bench = new Bench({
    iterations: repetitions,
    time: 0,
    warmupIterations: 1,
    warmupTime: 0,
    retainSamples: true,
  });
  bench
    .add('ours', () => read(certificates, (der) => describeCertificate(der).notAfter))
    .add('node', () => read(certificates, rowOfNode))
    .add('@peculiar/x509', () => read(certificates, rowOfPeculiar));
  await bench.run();
  const [ours = [], node = [], peculiar = []] = bench.tasks.map(samplesOf);
  const milliseconds = (name: string, values: readonly number[]): Figure => ({
    name: `${count} certificates read for a list: ${name}`,
    unit: 'ms',
    values,
  });
  return [
    milliseconds('Countersign', ours),
    milliseconds('X509Certificate of Node', node),
    milliseconds('@peculiar/x509', peculiar),
    { name: 'Countersign : X509Certificate of Node', unit: 'ratio', values: pairs(ours, node) },
  ];
}

/** Different octets each: what is read once is not read from a cache the next time. */
async function manyCertificates(): Promise<readonly Buffer[]> {
  const authority = await TestAuthority.root();
  const { publicKey } = await crypto.subtle.generateKey(
    { name: 'ECDSA', namedCurve: 'P-256' },
    true,
    ['sign', 'verify'],
  );
  const spki = new Uint8Array(await crypto.subtle.exportKey('spki', publicKey));
  const issued: Buffer[] = [];
  for (let at = 0; at < 100; at += 1) {
    const pem = await authority.issue({
      spki,
      subject: `CN=Person ${at}`,
      names: [{ type: 'email', value: `person-${at}@example.test` }],
      extendedKeyUsages: ['1.3.6.1.5.5.7.3.2'],
    });
    issued.push(new X509Certificate(pem).raw);
  }
  return Array.from({ length: count }, (_, at) => Buffer.from(issued[at % issued.length] ?? []));
}

function read(certificates: readonly Buffer[], row: (der: Buffer) => unknown): void {
  for (const der of certificates) {
    if (row(der) === undefined) throw new Error('a certificate was not read');
  }
}

/** The same facts as ours. */
function rowOfNode(der: Buffer): string {
  const { subject, issuer, serialNumber, validFrom, validTo, subjectAltName, keyUsage } =
    new X509Certificate(der);
  return [subject, issuer, serialNumber, validFrom, validTo, subjectAltName, keyUsage].join();
}

function rowOfPeculiar(der: Buffer): string {
  const certificate = new x509.X509Certificate(Uint8Array.from(der));
  const { subject, issuer, serialNumber, notBefore, notAfter } = certificate;
  const names = certificate.getExtension(x509.SubjectAlternativeNameExtension)?.names.toJSON();
  const usages = certificate.getExtension(x509.ExtendedKeyUsageExtension)?.usages;
  return JSON.stringify([subject, issuer, serialNumber, notBefore, notAfter, names, usages]);
}

function samplesOf({ result }: Bench['tasks'][number]): readonly number[] {
  if (result.state !== 'completed') throw new Error(`not measured: ${result.state}`);
  return result.latency.samples ?? [];
}

const pairs = (over: readonly number[], under: readonly number[]): readonly number[] =>
  over.map((value, at) => value / (under[at] ?? Number.NaN));
