import { expect, it } from 'vitest';
import { languages } from '../../shared/models/wallet.ts';
import { noticeOf } from './news-words.ts';

it('names the organisation as the wallet knows it, in the person’s language, and how many requests there are', () => {
  const name = { en: 'Example Corp', de: 'Beispiel AG' };
  expect(noticeOf('en', name, 1)).toEqual({
    title: 'A request waits for you',
    body: 'Example Corp asks for your approval. Read it in Countersign.',
  });
  expect(noticeOf('de', name, 3)).toMatchObject({ title: '3 Anfragen warten auf Sie' });
  expect(noticeOf('de', name, 3).body).toContain('Beispiel AG');
});

it('takes whatever language the organisation has', () => {
  for (const language of languages) {
    expect(noticeOf(language, { fr: 'Société Exemple' }, 1).body).toContain('Société Exemple');
  }
});
