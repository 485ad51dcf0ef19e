import { describe, expect, it } from 'vitest';
import { droppedIn } from './dropped.ts';

const dropped = (data: Readonly<Record<string, string>>, files: readonly File[] = []) =>
  droppedIn({ files, getData: (format) => data[format] ?? '' });

describe('what is dropped on the window', () => {
  it('is the file, even when its address came along', () => {
    const file = new File(['x'], 'northlight.enroll');
    expect(dropped({ 'text/uri-list': 'https://a.example/' }, [file])).toEqual({
      kind: 'file',
      file,
    });
  });

  it('is the first link that is not a comment', () => {
    const list = '# from a mail\r\ncountersign://join?from=x\r\nhttps://b.example/';
    expect(dropped({ 'text/uri-list': list })).toEqual({
      kind: 'link',
      link: 'countersign://join?from=x',
    });
  });

  it('is a link when the text is one, and otherwise the text', () => {
    expect(dropped({ 'text/plain': ' https://a.example/ ' })).toEqual({
      kind: 'link',
      link: 'https://a.example/',
    });
    expect(dropped({ 'text/plain': 'eyJhbGciOi.eyJ2.c2ln' })).toEqual({
      kind: 'text',
      text: 'eyJhbGciOi.eyJ2.c2ln',
    });
  });

  it('may be nothing', () => {
    expect(dropped({})).toEqual({ kind: 'nothing' });
    expect(dropped({ 'text/plain': ' \n' })).toEqual({ kind: 'nothing' });
  });
});
