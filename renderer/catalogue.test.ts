import { parse } from '@formatjs/icu-messageformat-parser';
import { describe, expect, it } from 'vitest';
import de from '../resources/translations/de.json';
import en from '../resources/translations/en.json';
import { argumentsOf, pseudoCatalogue } from './testing/pseudo.ts';
import type { Catalogue, MessageId } from './words.ts';

const catalogues: Readonly<Record<string, Catalogue>> = { en, de, pseudo: pseudoCatalogue(en) };
const ids = Object.keys(en) as MessageId[];
const sources: Readonly<Record<string, string>> = import.meta.glob(
  ['./**/*.{ts,tsx}', '!./testing/**', '!./gallery/**', '!./**/*.test.*'],
  { query: '?raw', import: 'default', eager: true },
);

describe('the catalogues', () => {
  it.each(Object.keys(catalogues))('%s has a message for every id, and no other', (language) => {
    expect(Object.keys(catalogues[language] ?? {}).toSorted()).toEqual(ids.toSorted());
  });

  it.each(Object.keys(catalogues))('%s has messages that parse and are not empty', (language) => {
    for (const [id, message] of Object.entries(catalogues[language] ?? {})) {
      expect(() => parse(message), id).not.toThrow();
      expect(message.trim(), id).not.toBe('');
    }
  });

  it.each(['de', 'pseudo'])('%s takes the same arguments as English', (language) => {
    for (const id of ids)
      expect(argumentsOf(catalogues[language]?.[id] ?? ''), id).toEqual(argumentsOf(en[id]));
  });

  it('translates: hardly any German message is the English one', () => {
    const same = ids.filter((id) => en[id] === de[id] && /[a-z]{4}/.test(en[id]));
    expect(same.length).toBeLessThan(25);
  });

  it('says of a Mac’s networks, before anything is done, what their roots may vouch for there', () => {
    for (const id of ['target.macos-network.text', 'what.install.macos-network'] as const) {
      expect(en[id]).toContain('on web pages, too');
      expect(de[id]).toContain('auch auf Webseiten');
    }
  });

  it('addresses people politely: no German message says du', () => {
    const familiar = ids.filter((id) => /\b(du|dich|dir|dein\w*|euch|euer)\b/i.test(de[id]));
    expect(familiar).toEqual([]);
  });

  it('says nothing technical outside of details', () => {
    const jargon = /\b(order|authorization|CSR|directory|ACME)\b/i;
    expect(ids.filter((id) => jargon.test(en[id]))).toEqual([]);
  });

  it('has no message that nothing says', () => {
    const spoken = Object.values(sources).flatMap(idPatterns);
    const silent = ids.filter((id) => !spoken.some((pattern) => pattern.test(id)));
    expect(silent).toEqual([]);
  });
});

/** Every string and template in a source, as a pattern for ids: what a template fills in may be anything. */
function idPatterns(source: string): readonly RegExp[] {
  return [...source.matchAll(/'([\w.-]+)'|`([\w.-]*(?:\$\{[^}]*\}[\w.-]*)*)`/g)].map((match) => {
    const text = match[1] ?? match[2] ?? '';
    const parts = text.split(/\$\{[^}]*\}/).map((part) => part.replaceAll('.', '\\.'));
    return new RegExp(`^${parts.join('[\\w.-]+')}$`);
  });
}
