import { use } from 'react';
import { isolated } from '../bidi.ts';
import { ClockContext } from '../clock.ts';
import { Banner } from '../ui/banner.tsx';
import { useWords } from '../words.ts';
import { readProposal, type ProposalDraft } from './proposal.ts';
import { partyText } from './sentences.ts';
import { spanWords } from './span-words.ts';
import { usageKinds } from './usage-words.ts';

/** What a proposal comes to, in a sentence, as soon as it can be said. */
export function ProposalMeaning({ draft }: { readonly draft: ProposalDraft }) {
  const words = useWords();
  const { say, list, dateTime } = words;
  const clock = use(ClockContext);
  const { organization } = draft;
  const profile = organization.profiles.find(({ name }) => name === draft.profile);
  const requester = organization.requesters[draft.requester];
  // A reason is no part of the sentence.
  const read = readProposal({ ...draft, reason: '-' }, clock());
  if (profile === undefined || requester === undefined || 'faults' in read) return null;
  const done = usageKinds(profile.usages).map((kind) => say(`approval.usage.${kind}.do`));
  return (
    <Banner tone="note" title={say('propose.meaning')}>
      <p className="breakable">
        {say('approval.sentence.standing.asked', {
          requester: partyText(requester, words),
          organization: isolated(organization.name),
          names: isolated(draft.domain),
          usages: list(done, 'and'),
          span: spanWords(profile.lifetime, words),
          count: read.proposal.count,
          until: dateTime(read.proposal.until),
        })}
      </p>
      <p>{say('propose.meaning.then')}</p>
    </Banner>
  );
}
