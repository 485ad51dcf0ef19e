// The local CA as a process of its own or as part of `npm start`. Runs on the project's own Node.
import { once } from 'node:events';
import { mkdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { readMailServer, readSenderAddress } from '../ca/mail/mail-server.ts';
import { readNetwork } from '../ca/network.ts';
import { applyOrganization, readOrganization } from '../ca/organization-file.ts';
import { startLocalCa } from '../ca/portal/local-ca.ts';
import { withColons } from '../ca/portal/fingerprint.ts';
import { inProject } from './setup/project.mjs';
import { bold, quiet, SetupError } from './setup/say.mjs';

/** A wallet remembers the directory by its address, so the port stays the same from run to run. */
export const defaultPort = 14443;
export const stateFolder = inProject('.local-ca');

/**
 * @param {import('../ca/running-ca.ts').CaOptions} options
 * @returns {Promise<import('../ca/portal/local-ca.ts').LocalCa>}
 */
export async function openLocalCa(options) {
  if (typeof options.state === 'object') {
    // Keys, one-time secrets and invitations will lie here.
    mkdirSync(options.state.directory, { recursive: true, mode: 0o700 });
  }
  try {
    return await startLocalCa({ demoPerson: true, ...options });
  } catch (error) {
    if (addressInUse(error)) {
      throw new SetupError(
        `port ${options.port} or ${options.probePort} is in use, perhaps by another npm start or npm run ca; choose one with --port`,
      );
    }
    if (error?.code === 'badAnchor') throw new SetupError(error.message);
    throw error;
  }
}

/** Prints what a person needs who wants to use it. @param {import('../ca/portal/local-ca.ts').LocalCa} localCa */
export function introduce({ ca, portalAddress }) {
  const line = (name, value) => console.log(`  ${quiet(name.padEnd(15))} ${value}`);
  console.log(bold('Local CA'));
  line('directory', ca.directoryUrl);
  line('root (SHA-256)', withColons(ca.rootFingerprint));
  line('portal', portalAddress);
  line('certificate?', ca.probeUrl);
  const log = ca.organizations.log.condition();
  if (!log.sound) {
    console.error(
      `THE LOG OF APPROVALS WAS CHANGED: entry ${log.sequence} is not what it was. ` +
        'Nothing is approved, and nothing issued under approvals (docs/local-ca.md).',
    );
  }
}

/**
 * @param {{ port?: string, state?: string, 'http-port'?: string, 'tls-port'?: string, 'dns-server'?: string,
 *   'challenge-root'?: string[], 'challenge-crl'?: string[], 'challenge-maps'?: string,
 *   organization?: string[], smtp?: string, 'smtp-password-file'?: string, 'mail-from'?: string,
 *   caa?: string, host?: string[], network?: string, conformance?: string, radius?: string, 'radius-secret-file'?: string, open?: boolean,
 *   quiet?: boolean }} values of the command line
 * @returns {Promise<number>} the exit code, once it was asked to stop
 */
export async function serveLocalCa(values) {
  const equipment = await equipmentFor(values);
  const organizations = (values.organization ?? []).map(readDescription);
  const localCa = await openLocalCa({
    ...ports(values.port),
    state: equipment
      ? 'memory'
      : { directory: resolve(values.state ?? inProject('.local-ca', 'ca')) },
    externalAccountRequired: values.open !== true,
    ...(values['http-port'] !== undefined && { httpPort: portNumber(values['http-port']) }),
    ...(values['tls-port'] !== undefined && { tlsPort: portNumber(values['tls-port']) }),
    ...(values['dns-server'] !== undefined && { dnsServer: values['dns-server'] }),
    ...(values.caa !== undefined && { caa: caaRule(values.caa) }),
    ...(values.host !== undefined && { hosts: hostAddresses(values.host) }),
    ...described(values.network),
    ...mailing(values),
    ...radiusServer(values.radius, values['radius-secret-file']),
    ...(equipment ? { challengeAnchors: equipment.challengeAnchors } : challengeAnchors(values)),
    ...(values.quiet !== true && { log: (text) => console.log(quiet(text)) }),
  });
  introduce(localCa);
  await setUp(organizations, localCa.ca);
  if (equipment !== undefined) {
    const files = await equipment.writeFor(localCa.ca, resolve(values.conformance));
    const options = `--root ${files.rootFile} --credentials ${files.credentialsFile}`;
    console.log(`npm run conformance -- --directory ${localCa.ca.directoryUrl} ${options}`);
  }
  console.log('Ctrl+C stops it.');
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  await localCa.ca.stop();
  return 0;
}

/**
 * What the conformance suite is run with: a CA that begins anew, since people and their keys are made for it.
 * @param {{ conformance?: string, state?: string, 'challenge-root'?: string[] }} values
 */
async function equipmentFor(values) {
  if (values.conformance === undefined) return undefined;
  if (values.state !== undefined || values['challenge-root'] !== undefined) {
    throw new SetupError('--conformance goes with neither --state nor --challenge-root');
  }
  const { createEquipment } = await import('../conformance/testing/equipment.ts');
  return createEquipment();
}

/** The ACME port and, beside it, the one of the page that asks for a certificate. @param {string} [text] */
export function ports(text) {
  const port = text === undefined ? defaultPort : portNumber(text);
  return { port, probePort: port === 0 ? 0 : port + 1 };
}

/** @param {string} text */
function portNumber(text) {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port < 65535) return port;
  throw new SetupError(`${text} is no port number`);
}

/** @param {string} text */
function caaRule(text) {
  if (text === 'check') return 'checked';
  if (text === 'off') return 'off';
  throw new SetupError(`--caa takes check or off, not ${text}`);
}

/** @param {readonly string[]} pairs such as `www.example.test=127.0.0.1` */
function hostAddresses(pairs) {
  return Object.fromEntries(
    pairs.map((pair) => {
      const [name, address, ...rest] = pair.split('=');
      if (name && address && rest.length === 0) return [name, address];
      throw new SetupError(`${pair} is not of the form name=address`);
    }),
  );
}

/** @param {string} [file] */
function described(file) {
  if (file === undefined) return {};
  try {
    return { network: readNetwork(readFileSync(resolve(file), 'utf8')) };
  } catch (error) {
    if (error?.code === 'badNetwork') throw new SetupError(error.message);
    throw new SetupError(`${file} cannot be read: ${error?.code}`);
  }
}

/** @param {string} file */
function readDescription(file) {
  const text = readText(resolve(file));
  try {
    return readOrganization(text);
  } catch (error) {
    if (error?.code === 'badOrganization') throw new SetupError(`${file}: ${error.message}`);
    throw error;
  }
}

/**
 * @param {readonly import('../ca/organization-file.ts').OrganizationDescription[]} descriptions
 * @param {import('../ca/running-ca.ts').RunningCa} ca
 */
async function setUp(descriptions, ca) {
  try {
    descriptions.forEach((description) => applyOrganization(ca, description));
  } catch (error) {
    await ca.stop();
    if (['badOrganization', 'damagedLog'].includes(error?.code)) {
      throw new SetupError(error.message);
    }
    throw error;
  }
}

/** @param {{ smtp?: string, 'smtp-password-file'?: string, 'mail-from'?: string }} values */
function mailing({ smtp, 'smtp-password-file': passwordFile, 'mail-from': from }) {
  if (smtp === undefined && from === undefined && passwordFile === undefined) return {};
  if (smtp === undefined || from === undefined) {
    throw new SetupError('--smtp and --mail-from go together');
  }
  // In no command line, which all programs of a computer can read.
  const fromEnvironment = smtp.includes('@') ? process.env.SMTP_PASSWORD : undefined;
  const password = passwordFile === undefined ? fromEnvironment : readSecret(passwordFile);
  try {
    return { mail: { server: readMailServer(smtp, password), from: readSenderAddress(from) } };
  } catch (error) {
    if (error?.code === 'badMailServer') throw new SetupError(error.message);
    throw error;
  }
}

/**
 * @param {string} [address] such as `radius.example.test:1812` or `[::1]:1812`
 * @param {string} [secretFile] in no command line, which all programs of a computer can read
 */
function radiusServer(address, secretFile) {
  if (address === undefined && secretFile === undefined) return {};
  if (address === undefined || secretFile === undefined) {
    throw new SetupError('--radius and --radius-secret-file go together');
  }
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:]+)):(\d+)$/.exec(address) ?? [];
  if (port === undefined) throw new SetupError(`${address} is not of the form address:port`);
  const secret = readSecret(secretFile);
  return { radius: { host: bracketed ?? plain, port: portNumber(port), secret } };
}

/** The first line. @param {string} file */
function readSecret(file) {
  const [secret = ''] = readText(file).split(/\r?\n/, 1);
  if (secret === '') throw new SetupError(`${file} has no secret in its first line`);
  return secret;
}

const mappings = ['certificate', 'key', 'person-email', 'device-serial'];

/** @param {{ 'challenge-root'?: string[], 'challenge-crl'?: string[], 'challenge-maps'?: string }} values */
function challengeAnchors(values) {
  const { 'challenge-root': roots, 'challenge-crl': lists, 'challenge-maps': named } = values;
  if (roots === undefined) {
    if (lists === undefined && named === undefined) return {};
    throw new SetupError('--challenge-crl and --challenge-maps need a --challenge-root');
  }
  const maps = mappings.find((mapping) => mapping === (named ?? 'certificate'));
  if (maps === undefined) {
    throw new SetupError(`--challenge-maps takes ${mappings.join(', ')}, not ${named}`);
  }
  const pem = roots.map(readText).join('\n');
  // Lists are replaced while the CA runs.
  const crl = lists && (() => lists.map(readText).join('\n'));
  return { challengeAnchors: [{ pem, maps, ...(crl && { crl }) }] };
}

/** @param {string} file */
function readText(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new SetupError(`${file} cannot be read: ${cause.code}`);
  }
}

function addressInUse(error) {
  return error?.code === 'EADDRINUSE' || (error?.cause !== undefined && addressInUse(error.cause));
}
