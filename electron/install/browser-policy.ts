import { posix } from 'node:path';
import type { PolicyFile } from '../platform/platform.ts';
import type { PolicyFiles } from './browser-policy-files.ts';
import type { CertificateRule } from './browser-policy-rule.ts';
import {
  chromiumKey,
  documentText,
  entriesIn,
  entriesOf,
  filterIn,
  hasFirefoxPreference,
  ownFirefoxDocument,
  parseDocument,
  withEntries,
  withFirefoxPreference,
  type PolicyDocument,
} from './browser-policy-text.ts';

export type { BrowserPolicyLocation, PolicyFile } from '../platform/platform.ts';

/** What a browser is told at the moment, and what it would have to be told. */
export interface PolicyStand {
  readonly state: 'absent' | 'present' | 'outdated';
  /** The file that has the say, or would have it. */
  readonly path: string;
  /** That file is ours: it may be written without asking who else wants what. */
  readonly isOurs: boolean;
  /** The whole file with the rule. */
  readonly withRule: string;
  /** Our file without it; `null`: nothing is left in it. */
  readonly withoutRule: string | null;
  /** Our file says something of it. */
  readonly isInOurs: boolean;
}

/** `others`: rules of the person's other credentials, which stay as they are. */
export function standOf(
  file: PolicyFile,
  rule: CertificateRule,
  others: readonly CertificateRule[],
  files: PolicyFiles,
): Promise<PolicyStand> {
  return file.browser === 'firefox'
    ? firefoxStand(file, files)
    : chromiumStand(file, rule, others, files);
}

interface NamedDocument {
  readonly path: string;
  readonly document: PolicyDocument | null;
}

async function chromiumStand(
  { path }: PolicyFile,
  rule: CertificateRule,
  others: readonly CertificateRule[],
  files: PolicyFiles,
): Promise<PolicyStand> {
  const settings = await documentsThatSetIt(path, files);
  const foreign = settings.filter((each) => each.path !== path);
  const ours = settings.find((each) => each.path === path)?.document ?? null;
  const holder = foreign.at(-1) ?? { path, document: ours };
  // Chromium merges no lists: of several files the last has its way.
  const inForce = settings.at(-1);
  const wanted = entriesOf(rule);
  const kept = new Set(others.flatMap(entriesOf));
  const isStale = (entry: string): boolean =>
    filterIn(entry) === JSON.stringify(rule.filter) && !wanted.includes(entry) && !kept.has(entry);
  const told = new Set(entriesIn(inForce?.document ?? null));
  const isRight =
    inForce?.path === holder.path &&
    wanted.every((entry) => told.has(entry)) &&
    ![...told].some(isStale);
  const isTold = [...told, ...entriesIn(ours)].some(
    (each) => wanted.includes(each) || isStale(each),
  );
  const fresh = (document: PolicyDocument | null): readonly string[] =>
    entriesIn(document).filter((entry) => !isStale(entry));
  const withRule = withEntries(holder.document, [...fresh(holder.document), ...wanted]);
  const without = withEntries(
    ours,
    fresh(ours).filter((entry) => !wanted.includes(entry)),
  );
  return {
    state: isRight ? 'present' : isTold ? 'outdated' : 'absent',
    path: holder.path,
    isOurs: holder.path === path,
    withRule: documentText(withRule ?? {}),
    withoutRule: without && documentText(without),
    isInOurs: entriesIn(ours).some((each) => wanted.includes(each) || isStale(each)),
  };
}

/** In the order in which Chromium reads them. */
async function documentsThatSetIt(
  path: string,
  files: PolicyFiles,
): Promise<readonly NamedDocument[]> {
  const directory = posix.dirname(path);
  const found: NamedDocument[] = [];
  for (const name of await files.namesIn(directory)) {
    const each = posix.join(directory, name);
    const document = parseDocument((await files.read(each)) ?? '');
    if (document && Object.hasOwn(document, chromiumKey)) found.push({ path: each, document });
  }
  return found;
}

async function firefoxStand(
  { path, insteadOf }: PolicyFile,
  files: PolicyFiles,
): Promise<PolicyStand> {
  const text = await files.read(path);
  const inherited = text ?? (await firstOf(insteadOf, files));
  const document = inherited === null ? {} : parseDocument(inherited);
  const isOurs = inherited === null || (document !== null && same(document, ownFirefoxDocument));
  const withRule = (document && withFirefoxPreference(document)) ?? ownFirefoxDocument;
  const isPresent = hasFirefoxPreference(document);
  return {
    state: isPresent ? 'present' : 'absent',
    ...{ path, isOurs, withRule: documentText(withRule) },
    withoutRule: null,
    isInOurs: text !== null && isOurs && isPresent,
  };
}

async function firstOf(paths: readonly string[], files: PolicyFiles): Promise<string | null> {
  for (const path of paths) {
    const text = await files.read(path);
    if (text !== null) return text;
  }
  return null;
}

const same = (one: PolicyDocument, other: PolicyDocument): boolean =>
  documentText(one) === documentText(other);
