import type { ApprovalDocument, ApprovalRequester } from '../../shared/models/approval.ts';
import { isolated } from '../bidi.ts';
import type { Values, Words } from '../words.ts';
import { spanWords } from './span-words.ts';
import { usageKinds } from './usage-words.ts';

/** The name that stands for a party where the address stands nearby. */
export function partyName(party: ApprovalRequester, { say }: Words): string {
  return 'service' in party
    ? say('approval.service', { name: isolated(party.service) })
    : isolated(party.name);
}

/** The same at the beginning of a line. */
function partyHeading(party: ApprovalRequester, { say }: Words): string {
  return 'service' in party
    ? say('approval.service.heading', { name: isolated(party.service) })
    : isolated(party.name);
}

/** With the address, where nothing else says who it is. */
export function partyText(party: ApprovalRequester, { say }: Words): string {
  if ('service' in party) return say('approval.service', { name: isolated(party.service) });
  return say('approval.person', { name: isolated(party.name), email: isolated(party.email) });
}

/** Who it is, by itself on a line. */
export function partyLine(party: ApprovalRequester, words: Words): string {
  return 'service' in party ? partyHeading(party, words) : partyText(party, words);
}

/** The question that a request puts to whoever decides it, or what it was about when that is over. */
export function titleOf(document: ApprovalDocument, isOpen: boolean, words: Words): string {
  const values = {
    requester: (isOpen ? partyName : partyHeading)(document.requestedBy, words),
    ...commonValues(document, words),
  };
  const asks = isOpen ? 'question' : 'past';
  return document.kind === 'order'
    ? words.say(`approval.title.order.${asks}`, values)
    : words.say(`approval.title.standing.${asks}`, {
        ...values,
        until: words.shortDate(document.until),
      });
}

/** All of it in two sentences: what is asked for, or what the person has said to it. */
export function sentenceOf(
  document: ApprovalDocument,
  said: 'asked' | 'approve' | 'decline',
  words: Words,
): string {
  const values = {
    requester: partyText(document.requestedBy, words),
    asker: partyLine(document.requestedBy, words),
    ...commonValues(document, words),
  };
  return document.kind === 'order'
    ? words.say(`approval.sentence.order.${said}`, values)
    : words.say(`approval.sentence.standing.${said}`, {
        ...values,
        count: document.count,
        until: words.dateTime(document.until),
      });
}

function commonValues(document: ApprovalDocument, words: Words): Values {
  const { say, list } = words;
  const { organization, identifiers, usages, lifetime } = document;
  const done = usageKinds(usages).map((kind) => say(`approval.usage.${kind}.do`));
  return {
    organization: isolated(organization),
    names: list(
      identifiers.map(({ value }) => isolated(value)),
      'and',
    ),
    usages: list(done, 'and'),
    span: spanWords(lifetime, words),
  };
}
