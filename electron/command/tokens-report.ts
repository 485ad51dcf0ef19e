import type {
  ModuleView,
  TokenCertificateView,
  TokenCompatibility,
  TokenKeyView,
  TokenView,
} from '../../shared/models/token.ts';
import { checkSentence, failureSentence, findingSentence, say } from './sentences.ts';

/** A token held against one offer of a joined organisation. */
export interface OfferReport {
  readonly organization: string;
  readonly offer: string;
  /** What the offer is called. */
  readonly name: string;
  readonly compatibility: TokenCompatibility;
}

export interface TokensReport {
  readonly at: Date;
  /** `in-use`: it is open elsewhere, so whose keys are whose is not known. */
  readonly wallet: 'open' | 'in-use';
  readonly modules: readonly ModuleView[];
  readonly offersOf: (tokenId: string) => readonly OfferReport[];
}

/** The JSON that docs/command.md describes. */
export function tokensJson({ at, wallet, modules, offersOf }: TokensReport): object {
  return {
    version: 1,
    at: at.toISOString(),
    wallet,
    modules: modules.map(({ path, name, foundBy, status, failure, readers }) => ({
      ...{ path, name, foundBy, status },
      ...(failure && { failure }),
      readers: readers.map((reader) => ({
        name: reader.name,
        token: reader.token && tokenJson(reader.token, { at, wallet, offersOf }),
      })),
    })),
  };
}

type Rest = Omit<TokensReport, 'modules'>;

function tokenJson(token: TokenView, { at, wallet, offersOf }: Rest): object {
  const { tokenId, keys, certificates, pin, puk, pinLength, findings, ...facts } = token;
  return {
    ...facts,
    pin: { state: pin, ...pinLength },
    puk: { state: puk },
    findings: findings.map(({ found, status }) => ({
      ...{ found, status, sentence: findingSentence(found) },
    })),
    keys: keys.map((key) => ({ ...key, owner: wallet === 'open' ? key.owner : 'unknown' })),
    certificates: certificates.map((certificate) => ({
      ...certificate,
      daysLeft: daysLeft(certificate, at),
    })),
    offers: offersOf(tokenId).map(({ organization, offer, name, compatibility }) => ({
      ...{ organization, offer, name, verdict: compatibility.verdict },
      types: compatibility.types,
      existingKeys: compatibility.existingKeys.map(({ keyId }) => keyId),
      checks: compatibility.checks.map((check) => ({ ...check, sentence: checkSentence(check) })),
    })),
  };
}

/** The same for a person. */
export function tokensLines(report: TokensReport): readonly string[] {
  const { modules, wallet } = report;
  const lines = modules.flatMap((module) => moduleLines(module, report));
  const none = modules.length === 0 ? ['No PKCS #11 module was found on this computer.'] : [];
  const note =
    wallet === 'open'
      ? []
      : ['The wallet is open elsewhere: whose keys are whose, and what they fit, is not shown.'];
  return [...none, ...lines, ...note];
}

function moduleLines(module: ModuleView, report: TokensReport): readonly string[] {
  const { name, path, status, failure, readers } = module;
  const empty = readers.length === 0 && status === 'ready' ? ['  no readers'] : [];
  return [
    `${name} (${path})`,
    ...(failure ? [`  ${failureSentence(failure)}`] : []),
    ...empty,
    ...readers.flatMap(({ name: reader, token }) =>
      token === null ? [`  ${reader}: empty`] : tokenLines(reader, token, report),
    ),
  ];
}

function tokenLines(reader: string, token: TokenView, report: TokensReport): readonly string[] {
  const { label, serial, manufacturer, model, failure, keys, certificates, unread } = token;
  // What was never set up has nothing else to tell.
  if (!token.isInitialized) return [`  ${reader}: ${say('finding.not-initialized')}`];
  return [
    `  ${reader}: ${label || say('tokens.unnamed')}`,
    `    ${manufacturer} ${model}, serial number ${serial || 'not said'}`,
    ...pinLines(token),
    `    ${say('tokens.makes')}: ${token.makes.join(', ') || say('tokens.makes.none')}`,
    ...(failure ? [`    ${failureSentence(failure)}`] : []),
    ...token.findings.map(
      ({ found, status }) => `    ${say(`check.status.${status}`)} ${findingSentence(found)}`,
    ),
    ...keys.map((key) => keyLine(key, report)),
    ...certificates.map((certificate) => certificateLine(certificate, report.at)),
    ...(unread === 0 ? [] : [`    ${unread} more objects were not read`]),
    ...report.offersOf(token.tokenId).flatMap((offer) => offerLines(offer, token)),
  ];
}

function pinLines({ login, pin, puk }: TokenView): readonly string[] {
  if (login === 'none') return [`    PIN: ${say('tokens.pin.none')}`];
  return [
    `    PIN: ${say(`pinState.${pin}`)}${login === 'pin-pad' ? ', typed on the reader' : ''}`,
    `    PUK: ${say(`pinState.${puk}`)}`,
  ];
}

function keyLine({ keyId, label, algorithm, owner }: TokenKeyView, { wallet }: TokensReport) {
  const whose = wallet === 'open' ? `; ${say(`tokens.owner.${owner}`)}` : '';
  return `    key ${keyId}: ${algorithm} “${label}”${whose}`;
}

function certificateLine(certificate: TokenCertificateView, at: Date): string {
  const days = daysLeft(certificate, at);
  const left = days < 0 ? 'expired' : `${days} days left`;
  const { keyId, subject, fingerprint } = certificate;
  return `    certificate ${keyId}: ${subject}, ${left}, SHA-256 ${fingerprint}`;
}

function offerLines({ name, compatibility }: OfferReport, token: TokenView): readonly string[] {
  const { verdict, checks } = compatibility;
  // That nobody can copy a key is said only of what is a device.
  const mayBeFile = verdict === 'fits' && !token.isHardware && token.kind !== 'tpm';
  const open = checks.filter(({ status }) => status !== 'pass');
  return [
    `    ${name}: ${say(mayBeFile ? 'verdict.fits.file' : `verdict.${verdict}`)}`,
    ...open.map((check) => `      ${say(`check.status.${check.status}`)} ${checkSentence(check)}`),
  ];
}

const day = 86_400_000;

/** Whole days; negative once it has expired. */
function daysLeft({ notAfter }: TokenCertificateView, at: Date): number {
  return Math.floor((Date.parse(notAfter) - at.getTime()) / day);
}
