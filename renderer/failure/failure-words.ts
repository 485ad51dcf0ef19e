import type {
  CandidateFault,
  Failure,
  ProblemDocument,
  ProofLink,
  TokenFault,
} from '../../shared/failure.ts';
import { targetsServing } from '../../shared/models/credential.ts';
import type { MessageId, Words } from '../words.ts';

/** A failure as the person reads it: what happened, why, what to do next. */
export interface FailureWords {
  readonly what: string;
  readonly why?: string;
  readonly next: string;
  /** Text of the certificate authority or of a program, shown as it came. */
  readonly said?: readonly string[];
  /** The person whom to call is worth naming: nobody at this computer can cure it alone. */
  readonly callSomebody: boolean;
}

/** Problem types that have words of their own; every other type is told by the CA's detail. */
const explainedProblems = [
  'rateLimited',
  'incorrectResponse',
  'unauthorized',
  'externalAccountRequired',
  'userActionRequired',
  'rejectedIdentifier',
  'serverInternal',
  'alreadyRevoked',
] as const;
type ProblemKind = (typeof explainedProblems)[number] | 'other';

const acmeErrorNamespace = 'urn:ietf:params:acme:error:';

/** The kind of an RFC 8555 §6.7 problem. */
export function problemKind(type: string): ProblemKind {
  return (
    explainedProblems.find((kind) => type === `${acmeErrorNamespace}${kind}`) ?? ('other' as const)
  );
}

/** With what the person answered the certificate authority: a code that was typed, or something that signs. */
export type Answered = 'code' | 'signature';

/** The words for every failure there is; a new one does not compile until it has its own. */
export function failureWords(
  failure: Failure,
  words: Words,
  answered: Answered = 'code',
): FailureWords {
  switch (failure.code) {
    case 'invalid-request':
    case 'internal':
    case 'unsupported-challenge':
      return told(words, failure.code, { callSomebody: true });
    case 'not-found':
    case 'cancelled':
    case 'order-expired':
      return told(words, failure.code);
    case 'acme-problem':
      return problemWords(failure.problem, words, answered);
    case 'acme-protocol':
      return told(words, failure.code, { said: [failure.detail], callSomebody: true });
    case 'network':
      return told(words, `network.${failure.reason}`, { values: { host: failure.host } });
    case 'caa':
      return caaWords(failure, words);
    case 'clock':
      return clockWords(failure, words);
    case 'invitation':
      return told(words, `invitation.${failure.reason}`, {
        said: saidBy(failure.problem),
        callSomebody: true,
      });
    case 'terms':
      return told(words, failure.code, { said: [failure.url], callSomebody: true });
    case 'profile':
      return told(words, `profile.${failure.reason}`, { callSomebody: true });
    case 'secret-store':
      return told(words, `secret-store.${failure.reason}`);
    case 'token':
      return tokenWords(failure, words);
    case 'token-module':
      return moduleWords(failure, words);
    case 'wallet-storage':
      return told(words, `wallet-storage.${failure.reason}`);
    case 'unsafe-challenge':
    case 'passkey':
    case 'candidate':
    case 'authenticator':
    case 'approval':
    case 'not-approved':
      return answerWords(failure, words);
    case 'network-file':
    case 'document':
    case 'timestamp':
      return fileWords(failure, words);
    case 'authorization-failed':
      return told(words, failure.code, { said: saidBy(failure.problem), callSomebody: true });
    case 'certificate':
      return certificateWords(failure, words);
    case 'install':
      return installWords(failure, words);
  }
}

function clockWords({ code, skewSeconds }: Of<'clock'>, words: Words): FailureWords {
  const difference = words.duration(Math.abs(Math.round(skewSeconds)));
  return told(words, code, { values: { difference } });
}

type Of<Code extends Failure['code']> = Extract<Failure, { code: Code }>;

/** Why something with which the person wanted to answer does not serve, or what others answered to a request. */
function answerWords(
  failure: Of<
    'unsafe-challenge' | 'passkey' | 'candidate' | 'authenticator' | 'approval' | 'not-approved'
  >,
  words: Words,
): FailureWords {
  switch (failure.code) {
    case 'unsafe-challenge':
      return told(words, `unsafe-challenge.${failure.reason}`, { callSomebody: true });
    case 'passkey':
      return told(words, `passkey.${failure.reason}`, {
        callSomebody: failure.reason === 'strayed',
      });
    case 'candidate':
      return told(words, `candidate.${failure.reason}`, {
        callSomebody: knownToTheOrganization.includes(failure.reason),
      });
    case 'authenticator':
      return told(words, `authenticator.${failure.reason}`);
    case 'approval':
      return told(words, `approval.${failure.reason}`);
    case 'not-approved':
      return told(words, `not-approved.${failure.reason}`, {
        said: [failure.by, failure.detail].filter((said) => said !== undefined),
      });
  }
}

/** Why a file is of no use, and what a server says of one. */
function fileWords(
  failure: Of<'network-file' | 'document' | 'timestamp'>,
  words: Words,
): FailureWords {
  if (failure.code === 'network-file') {
    return told(words, `network-file.${failure.reason}`, { callSomebody: true });
  }
  if (failure.code === 'document') return told(words, `document.${failure.reason}`);
  return told(words, `timestamp.${failure.reason}`, { values: { host: failure.host } });
}

/** Only the organisation knows which certificate would do. */
const knownToTheOrganization: readonly CandidateFault[] = ['not-wanted', 'algorithm'];

function certificateWords({ reason }: Of<'certificate'>, { say }: Words): FailureWords {
  return {
    what: say('failure.certificate.what'),
    why: say(`failure.certificate.${reason}.why`),
    next: say('failure.certificate.next'),
    callSomebody: true,
  };
}

function installWords(failure: Of<'install'>, words: Words): FailureWords {
  const { say } = words;
  const { target, reason, link, detail } = failure;
  if (link !== undefined)
    return told(words, `proof.${link}`, { callSomebody: !curedHere.includes(link) });
  const place = { target: say(`target.${target}.name`) };
  return {
    what:
      reason === 'proof-failed'
        ? say('failure.install.proof-failed.what', place)
        : say('failure.install.what', place),
    why: say(`failure.install.${reason}.why`),
    next: say(cureOf(failure)),
    ...(detail === undefined ? {} : { said: [detail] }),
    callSomebody: false,
  };
}

function cureOf({ target, reason }: Of<'install'>) {
  // Nothing but Firefox itself takes a primary password away.
  if (reason === 'store-locked' && target === 'firefox') {
    return 'failure.install.store-locked.firefox.next';
  }
  // The programs of NSS are no help to those who join networks.
  if (reason === 'tool-missing' && targetsServing['eap-tls'].includes(target)) {
    return 'failure.install.tool-missing.network.next';
  }
  return `failure.install.${reason}.next` as const;
}

/** Where a link broke that the person can mend. */
const curedHere: readonly ProofLink[] = ['pin', 'not-listed', 'expired', 'unreachable'];

function caaWords(failure: Of<'caa'>, words: Words): FailureWords {
  const { reason, domain, at, issuer } = failure;
  return told(words, `caa.${reason}`, { values: { domain, at, issuer }, callSomebody: true });
}

function tokenWords(failure: Of<'token'>, words: Words): FailureWords {
  const { reason, module, token, detail = '' } = failure;
  return told(words, `token.${reason}`, {
    // Nobody gave it a name: the label is empty.
    values: {
      ...{ module, token: token ?? '', certificate: detail },
      named: (token ?? '') === '' ? 'no' : 'yes',
    },
    callSomebody: !curedByThePerson.includes(reason),
  });
}

/** Whoever sits in front of the token can do something about these at once. */
const curedByThePerson: readonly TokenFault[] = [
  'not-present',
  'removed',
  'ambiguous',
  'pin-needed',
  'pin-incorrect',
  'pin-to-be-changed',
  'pin-invalid',
  'pin-cancelled',
  'pin-timed-out',
  'certificate-in-the-way',
  'busy',
];

function moduleWords(failure: Of<'token-module'>, words: Words): FailureWords {
  const { reason, path, detail } = failure;
  return told(words, `token-module.${reason}`, {
    values: {
      file: fileName(path),
      architecture: detail ?? '',
      named: detail === undefined ? 'no' : 'yes',
    },
    callSomebody: true,
  });
}

/** The last part of a path of whichever system. */
export function fileName(path: string): string {
  return path.split(/[\\/]/).findLast((part) => part !== '') ?? path;
}

type Titled<Id> = Id extends `failure.${infer Name}.what` ? Name : never;
/** Names of failures for which the catalogues have `what`, `why` and `next`. */
type FullyTold = Titled<MessageId> &
  {
    [Name in Titled<MessageId>]: `failure.${Name}.why` extends MessageId
      ? `failure.${Name}.next` extends MessageId
        ? Name
        : never
      : never;
  }[Titled<MessageId>];

interface Telling {
  readonly values?: Readonly<Record<string, string | number>>;
  readonly said?: readonly string[];
  readonly callSomebody?: boolean;
}

function told({ say }: Words, name: FullyTold, telling: Telling = {}): FailureWords {
  const { values, said = [], callSomebody = false } = telling;
  return {
    what: say(`failure.${name}.what` as MessageId, values),
    why: say(`failure.${name}.why` as MessageId, values),
    next: say(`failure.${name}.next` as MessageId, values),
    ...(said.length === 0 ? {} : { said }),
    callSomebody,
  };
}

function problemWords(problem: ProblemDocument, words: Words, answered: Answered): FailureWords {
  const kind = problemKind(problem.type);
  const callSomebody = kind !== 'rateLimited' && kind !== 'incorrectResponse';
  const said = saidBy(problem);
  if (kind === 'incorrectResponse' && answered === 'signature') {
    const { attemptsRemaining: attempts } = problem;
    return told(words, 'acme-problem.wrongProof', {
      values: {
        attempts: attempts ?? 0,
        known: attempts === undefined ? 'no' : 'yes',
        last: attempts === 0 ? 'yes' : 'no',
      },
      said,
      callSomebody,
    });
  }
  if (kind === 'incorrectResponse' && problem.attemptsRemaining !== undefined) {
    return told(words, 'acme-problem.wrongAnswer', {
      values: { attempts: problem.attemptsRemaining },
      said,
      callSomebody,
    });
  }
  if (kind === 'rateLimited' && problem.retryAt !== undefined) {
    return told(words, 'acme-problem.retryLater', {
      values: { time: words.time(problem.retryAt) },
      said,
      callSomebody,
    });
  }
  return told(words, `acme-problem.${kind}`, { said, callSomebody });
}

function saidBy(problem: ProblemDocument | undefined): readonly string[] {
  if (problem === undefined) return [];
  return [problem.detail, ...problem.subproblems.map(({ detail }) => detail)].filter(
    (detail) => detail !== '',
  );
}
