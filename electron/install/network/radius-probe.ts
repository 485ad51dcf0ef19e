import { join } from 'node:path';
import type { Proof } from '../../../shared/models/credential.ts';
import type { NetworkDescription } from '../../../shared/models/network.ts';
import { leadsBack } from '../../http/own-address.ts';
import { InstallError, type RadiusProbe } from '../install-target.ts';
import { lendSecret } from '../lent-secret.ts';
import { withPrivateDirectory } from '../private-directory.ts';
import { runTool, ToolError, type Environment, type ToolResult } from '../run-tool.ts';
import { outcomeOf, type SignInOutcome } from './eapol-test-output.ts';
import type { NetworkTargetId } from './key-files.ts';
import { ownLook, type ReadRevocationList } from './own-look.ts';
import { networkBlock, signInSettings, type SignIn } from './wpa-supplicant-conf.ts';

/** What signing in to a RADIUS server for a try takes of this computer. */
export interface RadiusProbeSurroundings {
  /** Colon-separated directories in which `eapol_test` is looked for, as in `PATH`. */
  readonly searchPath: string;
  readonly homeDirectory: string;
  readonly temporaryDirectory: string;
  /** That of the person's session, by which PKCS #11 modules find their tokens. */
  readonly environment: Environment;
  readonly now: () => Date;
  readonly readRevocationList?: ReadRevocationList | undefined;
  /** How long a server may take to answer; 10 when not said. */
  readonly seconds?: number;
}

export interface RadiusTrial {
  readonly target: NetworkTargetId;
  readonly probe: RadiusProbe;
  /** Whose server is believed as it would be in that network. */
  readonly network: NetworkDescription;
  /** As the target's program has it. */
  readonly signIn: SignIn;
  /** Of the token that has the key. Left to the caller to be overwritten. */
  readonly pin?: Uint8Array;
  /** DER. */
  readonly certificate: Uint8Array;
  /** DER, its issuer first. */
  readonly issuers: readonly Uint8Array[];
}

const program = 'eapol_test';

/** Signs in by EAP-TLS with wpa_supplicant's own code, where that program is on this computer. What does not work is data. */
export async function proveByRadius(
  trial: RadiusTrial,
  surroundings: RadiusProbeSurroundings,
): Promise<Proof> {
  const at = (): string => surroundings.now().toISOString();
  try {
    await signIn(trial, surroundings);
    return { status: 'proven', method: 'eap-tls', by: program, at: at() };
  } catch (error) {
    if (isWithout(error)) {
      return { status: 'not-tried', method: 'eap-tls', reason: 'tool-missing', by: program };
    }
    const told = error instanceof ToolError ? broken(trial, error) : error;
    if (!(told instanceof InstallError)) throw told;
    return { status: 'failed', method: 'eap-tls', failure: told.toFailure(), at: at() };
  }
}

/** Throws `InstallError` `proof-failed` with the link that is broken, and `ToolError`. */
async function signIn(trial: RadiusTrial, surroundings: RadiusProbeSurroundings): Promise<void> {
  // As networks do it: wpa_supplicant 2.10 speaks TLS 1.3 only where it is told to.
  const outcome = await attempt(trial, surroundings, '1.2');
  if (outcome.status === 'signed-in') return;
  const link = await linkBehind(trial, surroundings, outcome);
  const { host, port } = trial.probe;
  const detail = `${host}:${port}: ${outcome.detail}`;
  throw new InstallError(trial.target, 'proof-failed', detail, { link });
}

type Failed = Extract<SignInOutcome, { status: 'failed' }>;

/** Of a bare no: what shows from here, or what the server says in TLS 1.3, whose alerts come when the handshake is over. */
async function linkBehind(
  trial: RadiusTrial,
  surroundings: RadiusProbeSurroundings,
  { link, askedFor }: Failed,
): Promise<Failed['link']> {
  if (link !== 'refused') return link;
  const { certificate, issuers } = trial;
  const seen = await ownLook(
    { certificate, issuers, askedFor },
    { ...surroundings, mayStayHere: trial.probe.mayStayHere },
  );
  if (seen !== null) return seen;
  const again = await attempt(trial, surroundings, '1.3');
  return again.status === 'failed' && aboutUs.includes(again.link) ? again.link : link;
}

const aboutUs: readonly Failed['link'][] = ['revoked', 'expired', 'wrong-ca', 'purpose'];

async function attempt(
  trial: RadiusTrial,
  surroundings: RadiusProbeSurroundings,
  newestTls: '1.2' | '1.3',
): Promise<SignInOutcome> {
  const { probe, target } = trial;
  const { seconds = 10, temporaryDirectory } = surroundings;
  const address = await addressOf(trial, surroundings);
  return withPrivateDirectory(temporaryDirectory, async (directory) => {
    const pipe = join(directory, 'network.conf');
    const made = await run(surroundings, 'mkfifo', ['-m', '600', pipe]);
    if (made.exitCode !== 0) throw new ToolError('mkfifo', 'broken');
    const server = ['-a', address, '-p', String(probe.port), '-s', probe.secret];
    const parameters = ['-c', pipe, ...server, '-r', '0', '-t', String(seconds)];
    const configuration = configurationOf(trial, newestTls);
    try {
      const { exitCode, stdout } = await lendSecret(pipe, configuration, () =>
        run(surroundings, program, parameters, environmentOf(trial)),
      );
      return outcomeOf(exitCode, stdout.toString('latin1'));
    } catch (error) {
      // A server that is heard and goes on for ever.
      if (!(error instanceof ToolError && error.reason === 'timeout')) throw error;
      throw new InstallError(target, 'proof-failed', program, { cause: error, link: 'refused' });
    } finally {
      configuration.fill(0);
    }
  });
}

/** What network programs read, with what only the person can say. Zero-filled by whoever gets it. */
function configurationOf(
  { network, signIn: how, target, pin }: RadiusTrial,
  newestTls: '1.2' | '1.3',
): Buffer {
  const tls = `"tls_disable_tlsv1_3=${newestTls === '1.3' ? 0 : 1}"`;
  const settings = signInSettings(network, how, target);
  const block = networkBlock([['key_mgmt', 'WPA-EAP'], ...settings, ['phase1', tls]], target);
  if (pin === undefined) return Buffer.from(block);
  const end = block.lastIndexOf('}');
  const digits = hexOf(pin);
  try {
    return Buffer.concat([
      ...[
        Buffer.from(`${block.slice(0, end)}\tpin=`),
        digits,
        Buffer.from(`\n${block.slice(end)}`),
      ],
    ]);
  } finally {
    digits.fill(0);
  }
}

/** In octets that can be overwritten: a text could not. */
function hexOf(octets: Uint8Array): Buffer {
  const digits = Buffer.from('0123456789abcdef');
  const hex = Buffer.alloc(octets.length * 2);
  octets.forEach((octet, index) => {
    hex[index * 2] = digits[octet >> 4] ?? 0;
    hex[index * 2 + 1] = digits[octet & 15] ?? 0;
  });
  return hex;
}

/** libp11's engine loads the module that it finds there. */
const environmentOf = ({ signIn: { key } }: RadiusTrial): Environment =>
  key.kind === 'token' ? { PKCS11_MODULE_PATH: key.modulePath } : {};

/** The program takes no names of hosts. What was looked up is what it is told: nobody can say something else in between. */
async function addressOf(
  { probe: { host, mayStayHere = false }, target }: RadiusTrial,
  surroundings: RadiusProbeSurroundings,
): Promise<string> {
  const isAddress = /^[\d.]+$/.test(host) || host.includes(':');
  const address = isAddress ? host : await lookedUp(host, surroundings);
  if (address && (mayStayHere || !leadsBack(address))) return address;
  throw new InstallError(target, 'proof-failed', host, { link: 'unreachable' });
}

async function lookedUp(
  host: string,
  surroundings: RadiusProbeSurroundings,
): Promise<string | undefined> {
  const { stdout } = await run(surroundings, 'getent', ['ahosts', host]);
  return stdout.toString('latin1').split(/\s/)[0];
}

function run(
  { searchPath, homeDirectory, environment, seconds = 10 }: RadiusProbeSurroundings,
  name: string,
  parameters: readonly string[],
  more: Environment = {},
): Promise<ToolResult> {
  return runTool({
    ...{ program: name, parameters, home: homeDirectory },
    // Distributions keep it where only administrators' paths lead.
    searchPath: `${searchPath}:/usr/sbin:/sbin`,
    environment: { ...environment, ...more },
    timeout: (seconds + 5) * 1000,
  });
}

const isWithout = (error: unknown): boolean =>
  error instanceof ToolError && error.reason === 'missing' && error.program === program;

const broken = ({ target }: RadiusTrial, error: ToolError): InstallError =>
  new InstallError(target, 'proof-failed', `${error.program}: ${error.reason}`, {
    ...{ cause: error, link: 'refused' },
  });
