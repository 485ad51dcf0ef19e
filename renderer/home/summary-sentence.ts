import { useMemo } from 'react';
import { useNow } from '../clock.ts';
import { useWalletState } from '../wallet.ts';
import { useWords, type Words } from '../words.ts';
import { summaryOf, type Summary } from './summary.ts';

/** The sentence that home begins with, and what follows from it. */
export function useSummarySentence(): { readonly title: string; readonly lead: string } {
  const words = useWords();
  const state = useWalletState();
  const now = useNow(60_000);
  const summary = useMemo(() => summaryOf(state, now), [state, now]);
  return sentenceOf(summary, words);
}

function sentenceOf(summary: Summary, { say, date }: Words): { title: string; lead: string } {
  switch (summary.kind) {
    case 'fine':
      return {
        title: say('home.fine.title'),
        lead: say('home.fine.lead', { date: date(summary.renewal) }),
      };
    case 'renew':
      return {
        title: say('home.renew.title', { count: summary.count }),
        lead: say('home.renew.lead', { count: summary.count, date: date(summary.before) }),
      };
    case 'expired':
    case 'waiting':
      return {
        title: say(`home.${summary.kind}.title`, { count: summary.count }),
        lead: say(`home.${summary.kind}.lead`, { count: summary.count }),
      };
    case 'empty':
    case 'locked':
    case 'past':
      return { title: say(`home.${summary.kind}.title`), lead: say(`home.${summary.kind}.lead`) };
  }
}
