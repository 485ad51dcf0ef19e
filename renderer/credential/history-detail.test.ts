import { describe, expect, it } from 'vitest';
import { wordsFor } from '../words.ts';
import { detailInWords } from './history-detail.ts';

const english = wordsFor('en-GB');

describe('the detail of an entry in the history', () => {
  it('names the place, and how it was tried out there', () => {
    expect(detailInWords('nss', english)).toBe('Browsers');
    expect(detailInWords('network-manager · eap-tls', english)).toBe(
      'Wi-Fi and network · Signing in to the network’s server',
    );
    expect(detailInWords('nss · listed', wordsFor('de-DE'))).toBe(
      'Browser · Von Programmen gefunden werden',
    );
  });

  it('calls browsers what they are called', () => {
    expect(detailInWords('chrome', english)).toBe('Google Chrome');
  });

  it('leaves hosts, files and programs as they are', () => {
    expect(detailInWords('ca.northlight.example', english)).toBe('ca.northlight.example');
    expect(detailInWords('osslsigncode · setup.exe', english)).toBe('osslsigncode · setup.exe');
  });
});
