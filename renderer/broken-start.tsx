import { useMemo } from 'react';
import type { Failure } from '../shared/failure.ts';
import { FailureMessage } from './failure/failure-message.tsx';
import { Button } from './ui/button.tsx';
import { Page, PageHead } from './ui/page.tsx';
import { WordsContext, wordsFor } from './words.ts';

/** Shown when main does not even say what it knows; the settings are unknown, so the system's language it is. */
export function BrokenStart({ failure }: { readonly failure: Failure }) {
  const words = useMemo(() => wordsFor(navigator.language), []);
  return (
    <WordsContext value={words}>
      <main className="app-main" lang={words.locale}>
        <Page>
          <PageHead title={words.say('start.title')} />
          <FailureMessage
            failure={failure}
            actions={
              <Button onPress={() => location.reload()}>{words.say('action.tryAgain')}</Button>
            }
          />
        </Page>
      </main>
    </WordsContext>
  );
}
