import type { SigningTool } from '../../shared/models/signing.ts';
import {
  common,
  commonOf,
  descriptor,
  filled,
  flag,
  oneOf,
  parsed,
  showable,
  text,
  usage,
  type Common,
} from './command-words.ts';

/** Those that the wallet runs by itself. */
const runTools = ['osslsigncode', 'jarsigner'] as const satisfies readonly SigningTool[];

/** What `countersign sign` was asked for. */
export interface SignCommand extends Common {
  readonly name: 'sign';
  readonly tool: (typeof runTools)[number];
  readonly credentialId: string;
  readonly pinFd?: number;
  readonly acceptFinalTry: boolean;
  readonly files: readonly string[];
  /** For one file. */
  readonly out?: string;
  /** An address (RFC 3161), or `none`; the organisation's when not said. */
  readonly timestamp?: string;
}

/** What `countersign sign --document` was asked for: the wallet signs it itself. */
export interface SignDocumentCommand extends Common {
  readonly name: 'sign-document';
  readonly document: string;
  readonly credentialId: string;
  readonly pinFd?: number;
  readonly acceptFinalTry: boolean;
  readonly out?: string;
}

/** What `countersign sign --once` was asked for: with a certificate that is thrown away afterwards. */
export interface SignOnceCommand extends Common {
  readonly name: 'sign-once';
  readonly organizationId: string;
  readonly offerId: string;
  readonly files: readonly string[];
  readonly out?: string;
  readonly timestamp?: string;
  /** Others are asked, and waited for, where nobody has agreed beforehand; with these words. */
  readonly asks?: { readonly reason: string };
}

const signOptions = {
  ...common,
  with: text,
  document: text,
  credential: text,
  out: text,
  timestamp: text,
  'pin-fd': text,
  'accept-final-try': flag,
  once: flag,
  organization: text,
  offer: text,
  wait: flag,
  reason: text,
} as const;

type SignValues = ReturnType<typeof parsed<typeof signOptions>>['values'];
type AnySignCommand = SignCommand | SignDocumentCommand | SignOnceCommand;

export function signCommand(words: readonly string[]): AnySignCommand {
  const { values, positionals: files } = parsed(words, signOptions, true);
  if (values.once === true) return onceCommand(values, files);
  const { organization, offer, wait, reason } = values;
  if ([organization, offer, wait, reason].some((each) => each !== undefined)) {
    throw usage('--organization, --offer, --wait and --reason go with --once');
  }
  return withCredential(values, files);
}

function withCredential(values: SignValues, files: readonly string[]): AnySignCommand {
  const { with: tool, document, credential, out } = values;
  const isDocument = document !== undefined;
  if ((tool === undefined) !== isDocument || credential === undefined) {
    throw usage('sign needs --credential, and --with or --document');
  }
  const pinFd = descriptor(values['pin-fd'], '--pin-fd');
  const shared = {
    ...commonOf(values),
    credentialId: filled(credential, '--credential'),
    acceptFinalTry: values['accept-final-try'] ?? false,
    ...(pinFd !== undefined && { pinFd }),
  };
  if (tool === undefined) {
    if (values.timestamp !== undefined || files.length > 0) throw usage('--document stands alone');
    return {
      ...{ ...shared, name: 'sign-document', document: filled(document ?? '', '--document') },
      ...(out !== undefined && { out: filled(out, '--out') }),
    };
  }
  return {
    ...shared,
    name: 'sign',
    tool: oneOf(tool, runTools, '--with'),
    ...whatOf(values, files),
  };
}

function onceCommand(values: SignValues, files: readonly string[]): SignOnceCommand {
  const { organization, offer, wait = false, reason } = values;
  const others = [values.credential, values.document, values['pin-fd']];
  if (others.some((each) => each !== undefined) || values['accept-final-try'] === true) {
    throw usage('--once makes its own key: it takes no credential, no document and no PIN');
  }
  // Programs that read keys on tokens alone have no use for one that is made for the moment.
  if (values.with !== 'osslsigncode') throw usage('--once needs --with osslsigncode');
  if (organization === undefined || offer === undefined) {
    throw usage('--once needs --organization and --offer');
  }
  if (reason !== undefined && !wait) throw usage('--reason goes with --wait');
  return {
    ...{ name: 'sign-once', ...commonOf(values), ...whatOf(values, files) },
    organizationId: filled(organization, '--organization'),
    offerId: filled(offer, '--offer'),
    ...(wait && { asks: { reason: showable(reason ?? '', '--reason') } }),
  };
}

function whatOf({ out, timestamp }: SignValues, files: readonly string[]) {
  if (files.length === 0) throw usage('sign takes one file or more');
  if (out !== undefined && files.length > 1) throw usage('--out is for one file');
  return {
    files: files.map((each) => filled(each, 'a file')),
    ...(out !== undefined && { out: filled(out, '--out') }),
    ...(timestamp !== undefined && { timestamp: timestampServer(timestamp) }),
  };
}

/** RFC 3161. */
function timestampServer(value: string): string {
  const isAddress = URL.canParse(value) && /^https?:$/.test(new URL(value).protocol);
  if (value !== 'none' && (!isAddress || value.length > 2048)) {
    throw usage('--timestamp is an address, or none');
  }
  return value === 'none' ? value : new URL(value).href;
}
