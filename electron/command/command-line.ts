import { keyTypes, type KeyType } from '../../shared/models/enrollment-profile.ts';
import { approvalsCommand, type ApprovalsCommand } from './approvals-command-line.ts';
import {
  common,
  commonOf,
  descriptor,
  filled,
  fingerprint,
  flag,
  hex,
  keyIdForm,
  oneOf,
  parsed,
  showable,
  text,
  usage,
  type Common,
} from './command-words.ts';
import { exportCommand, type ExportCommand } from './export-command-line.ts';
import { installsOf, type Installs } from './install-wish.ts';
import {
  signCommand,
  type SignCommand,
  type SignDocumentCommand,
  type SignOnceCommand,
} from './sign-command-line.ts';

/** Types of challenges that the command answers. */
export const proofTypes = ['totp-01', 'hotp-01', 'otp-01', 'cert-01'] as const;
export type ProofType = (typeof proofTypes)[number];

export interface TokensCommand extends Common {
  readonly name: 'tokens';
  readonly watch: boolean;
  /** The only module to be looked at. */
  readonly module?: string;
}

export interface JoinCommand extends Common {
  readonly name: 'join';
  /** A link, or the path of a profile file; `-`: a line on standard input. */
  readonly from: string;
  /** SHA-256 of the signer's certificate, lower-case hex. */
  readonly fingerprint?: string;
  readonly replaceInvitation: boolean;
}

export interface EnrollCommand extends Common {
  readonly name: 'enroll';
  readonly wish: EnrollWish | { readonly resume: string };
  /** Descriptors that are read. */
  readonly pinFd?: number;
  readonly otpFd?: number;
  /** The id of a credential, or the SHA-256 of a certificate, lower-case hex, to prove with. */
  readonly certificate?: string;
  readonly proof?: ProofType;
  readonly installs: Installs;
  readonly acceptFinalTry: boolean;
  /** It is left waiting where others have to approve it. */
  readonly noWait?: true;
}

export interface RenewCommand extends Common {
  readonly name: 'renew';
  /** The id of a credential, or all whose time has come. */
  readonly which: { readonly credentialId: string } | 'due';
  readonly pinFd?: number;
  readonly otpFd?: number;
  readonly proof?: ProofType;
  readonly installs: Installs;
  readonly acceptFinalTry: boolean;
}

export interface EnrollWish {
  readonly organizationId: string;
  readonly offerId: string;
  readonly email?: string;
  readonly keyType?: KeyType;
  /** `software`, `os`, or a token's serial number or label. */
  readonly token?: string;
  /** CKA_ID, lower-case hex. */
  readonly keyId?: string;
  /** SHA-256, lower-case hex, of the certificate beside that key that may be replaced. */
  readonly replaces?: string;
  /** For those who have to approve it. */
  readonly reason?: string;
}

/** What needs rooms. */
export type Errand =
  | TokensCommand
  | JoinCommand
  | EnrollCommand
  | RenewCommand
  | SignCommand
  | SignDocumentCommand
  | SignOnceCommand
  | ExportCommand
  | ApprovalsCommand
  | (Common & { readonly name: 'credentials' });

export type Command = Errand | { readonly name: 'help' } | { readonly name: 'version' };

/** Reads the words after the program's name. Throws `CommandError` `usage`, and repeats no value in it: it may be a secret. */
export function readCommandLine(words: readonly string[]): Command {
  const [name, ...rest] = words;
  if (name === undefined) throw usage('say what is to be done');
  if (words.includes('--help') || name === 'help') return { name: 'help' };
  if (name === '--version') return rest.length === 0 ? { name: 'version' } : unknown();
  switch (name) {
    case 'tokens':
      return tokensCommand(rest);
    case 'join':
      return joinCommand(rest);
    case 'enroll':
      return enrollCommand(rest);
    case 'renew':
      return renewCommand(rest);
    case 'sign':
      return signCommand(rest);
    case 'export':
      return exportCommand(rest);
    case 'approvals':
      return approvalsCommand(rest);
    case 'credentials':
      return { name, ...commonOf(parsed(rest, common).values) };
    default:
      return unknown();
  }
}

function tokensCommand(words: readonly string[]): TokensCommand {
  const { values } = parsed(words, { ...common, watch: flag, module: text });
  return {
    ...{ name: 'tokens', ...commonOf(values), watch: values.watch ?? false },
    ...(values.module !== undefined && { module: filled(values.module, '--module') }),
  };
}

function joinCommand(words: readonly string[]): JoinCommand {
  const options = { ...common, fingerprint: text, 'replace-invitation': flag };
  const { values, positionals } = parsed(words, options, true);
  const [from, ...others] = positionals;
  if (from === undefined || from === '' || others.length > 0) {
    throw usage('join takes one link or file');
  }
  return {
    ...{ name: 'join', ...commonOf(values), from },
    replaceInvitation: values['replace-invitation'] ?? false,
    ...(values.fingerprint !== undefined && {
      fingerprint: fingerprint(values.fingerprint, '--fingerprint'),
    }),
  };
}

/** What flows need that nobody sits in front of. */
const unlocking = {
  'pin-fd': text,
  'otp-fd': text,
  proof: text,
  install: { type: 'string', multiple: true },
  'accept-final-try': flag,
} as const;

const enrollOptions = {
  ...common,
  organization: text,
  offer: text,
  email: text,
  'key-type': text,
  token: text,
  key: text,
  'replace-certificate': text,
  resume: text,
  certificate: text,
  reason: text,
  'no-wait': flag,
  ...unlocking,
} as const;

type EnrollValues = ReturnType<typeof parsed<typeof enrollOptions>>['values'];

function enrollCommand(words: readonly string[]): EnrollCommand {
  const { values } = parsed(words, enrollOptions);
  const { certificate } = values;
  return {
    ...{ name: 'enroll', ...commonOf(values), ...unlockingOf(values), wish: wishOf(values) },
    ...(values['no-wait'] === true && { noWait: true as const }),
    ...(certificate !== undefined && { certificate: namedCertificate(certificate) }),
  };
}

function renewCommand(words: readonly string[]): RenewCommand {
  const options = { ...common, ...unlocking, credential: text, due: flag };
  const { values } = parsed(words, options);
  const { credential, due = false } = values;
  if ((credential === undefined) === !due) throw usage('renew takes --credential or --due');
  const which =
    credential === undefined ? 'due' : { credentialId: filled(credential, '--credential') };
  return { ...{ name: 'renew', ...commonOf(values), ...unlockingOf(values) }, which };
}

type UnlockingValues = Pick<EnrollValues, keyof typeof unlocking>;

function unlockingOf(values: UnlockingValues) {
  const pinFd = descriptor(values['pin-fd'], '--pin-fd');
  const otpFd = descriptor(values['otp-fd'], '--otp-fd');
  if (pinFd !== undefined && pinFd === otpFd) {
    throw usage('--pin-fd and --otp-fd are two descriptors');
  }
  return {
    installs: installsOf(values.install ?? []),
    acceptFinalTry: values['accept-final-try'] ?? false,
    ...(pinFd !== undefined && { pinFd }),
    ...(otpFd !== undefined && { otpFd }),
    ...(values.proof !== undefined && { proof: oneOf(values.proof, proofTypes, '--proof') }),
  };
}

/** A fingerprint in any of the ways in which it is written, or whatever the wallet calls a credential. */
function namedCertificate(value: string): string {
  const bare = value.replaceAll(/[\s:]/g, '');
  return /^[0-9a-f]{64}$/i.test(bare) ? bare.toLowerCase() : filled(value, '--certificate');
}

function wishOf(values: EnrollValues): EnrollCommand['wish'] {
  const { organization, offer, email, token, key, resume, reason } = values;
  const keyType = values['key-type'];
  const replaced = values['replace-certificate'];
  if (resume !== undefined) {
    const { install } = values;
    const others = [organization, offer, email, token, key, keyType, replaced, install, reason];
    if (others.some((each) => each !== undefined)) throw usage('--resume says it all');
    return { resume: filled(resume, '--resume') };
  }
  if (organization === undefined || offer === undefined) {
    throw usage('enroll needs --organization and --offer');
  }
  if (key !== undefined && (token === undefined || token === 'software' || token === 'os')) {
    throw usage('--key is on a token: say which by --token');
  }
  if (replaced !== undefined && key === undefined) {
    throw usage('--replace-certificate is beside a key: say which by --key');
  }
  return {
    organizationId: filled(organization, '--organization'),
    offerId: filled(offer, '--offer'),
    ...(email !== undefined && { email: filled(email, '--email') }),
    ...(token !== undefined && { token: filled(token, '--token') }),
    ...(key !== undefined && { keyId: hex(key, '--key', keyIdForm) }),
    ...(replaced !== undefined && { replaces: fingerprint(replaced, '--replace-certificate') }),
    ...(keyType !== undefined && { keyType: oneOf(keyType, keyTypes, '--key-type') }),
    ...(reason !== undefined && { reason: showable(reason, '--reason') }),
  };
}

function unknown(): never {
  throw usage('no such command');
}
