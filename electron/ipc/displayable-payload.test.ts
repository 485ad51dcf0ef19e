import { describe, expect, it } from 'vitest';
import { displayablePayload } from './displayable-payload.ts';

describe('what leaves for the page', () => {
  it('keeps its lines where it is read by lines', () => {
    const texts = [{ program: 'openvpn', text: 'client\nremote vpn.example.test\n' }];
    expect(displayablePayload(texts)).toEqual(texts);
    const certificate = { pem: '-----BEGIN CERTIFICATE-----\r\nMIIB\r\n', subject: 'CN=a\nO=b' };
    expect(displayablePayload(certificate)).toEqual({
      pem: '-----BEGIN CERTIFICATE-----\nMIIB\n',
      subject: 'CN=a O=b',
    });
  });

  it('marks what steers how a line is read there as well', () => {
    expect(displayablePayload({ command: 'sudo true\n\u202eterces\u001b[2K' })).toEqual({
      command: 'sudo true\n\ufffdterces\ufffd[2K',
    });
  });

  it('keeps the shape of everything else', () => {
    const payload = { count: 3, list: [null, true, { text: 7 }], nothing: undefined };
    expect(displayablePayload(payload)).toEqual(payload);
  });
});
