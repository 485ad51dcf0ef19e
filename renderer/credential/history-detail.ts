import { policyBrowsers } from '../../shared/models/browser-policy.ts';
import { installTargets, proofMethods } from '../../shared/models/credential.ts';
import type { Words } from '../words.ts';
import { browserNames } from './program-names.ts';

/** Between the parts of a detail, such as a place and how it was tried out there. */
const between = ' · ';

/** Places, browsers and kinds of proof have names; hosts and programs are what they are. */
export function detailInWords(detail: string, words: Words): string {
  return detail
    .split(between)
    .map((part) => partInWords(part, words))
    .join(between);
}

function partInWords(part: string, { say }: Words): string {
  const target = installTargets.find((known) => known === part);
  if (target !== undefined) return say(`target.${target}.name`);
  const method = proofMethods.find((known) => known === part);
  if (method !== undefined) return say(`proof.${method}.title`);
  const browser = policyBrowsers.find((known) => known === part);
  return browser === undefined ? part : browserNames[browser];
}
