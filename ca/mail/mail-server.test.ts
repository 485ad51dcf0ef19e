import { expect, test } from 'vitest';
import { readMailServer, readSenderAddress } from './mail-server.ts';

test.each([
  ['smtp://mail.corp.example', { host: 'mail.corp.example', port: 587, security: 'starttls' }],
  ['smtp://mail.corp.example:25', { port: 25, security: 'starttls' }],
  ['smtps://mail.corp.example/', { port: 465, security: 'implicit' }],
  ['smtp://localhost:1025', { host: 'localhost', port: 1025, security: 'none' }],
  ['smtp://127.0.0.1:25', { host: '127.0.0.1', security: 'none' }],
  ['smtp://[::1]:25', { host: '::1', security: 'none' }],
  // A name that only looks like this computer.
  ['smtp://localhost.corp.example', { security: 'starttls' }],
  ['smtp://127.0.0.1.corp.example', { security: 'starttls' }],
])('%s is a mail server', (address, server) => {
  expect(readMailServer(address)).toMatchObject(server);
});

test('the user is in the address, the password is not', () => {
  const server = readMailServer('smtp://ca%40corp.example@mail.corp.example', 's3cret');
  expect(server.login).toEqual({ user: 'ca@corp.example', password: 's3cret' });
});

test.each([
  ['mail.corp.example', undefined],
  ['https://mail.corp.example', undefined],
  ['smtp://', undefined],
  ['smtp://user:s3cret@mail.corp.example', 's3cret'],
  ['smtp://:s3cret@mail.corp.example', undefined],
  ['smtp://user@mail.corp.example', undefined],
  ['smtp://mail.corp.example', 's3cret'],
  ['smtp://%ff@mail.corp.example', 's3cret'],
  ['smtp://mail.corp.example/path', undefined],
  ['smtp://mail.corp.example?tls=no', undefined],
  ['smtp://mail.corp.example#x', undefined],
  ['smtp://mail.corp.example:99999', undefined],
])('%s is none, and the refusal quotes nothing', (address, password) => {
  const refused: unknown = expect.objectContaining({
    code: 'badMailServer',
    message: expect.not.stringContaining('s3cret') as string,
  });
  expect(() => readMailServer(address, password)).toThrow(refused);
});

test('mails come from one address', () => {
  expect(readSenderAddress('ca@corp.example')).toBe('ca@corp.example');
  for (const text of [
    '',
    'ca',
    'CA <ca@corp.example>',
    'a@b.example, c@d.example',
    'a@b\r\nX: 1',
  ]) {
    expect(() => readSenderAddress(text)).toThrow(
      expect.objectContaining({ code: 'badMailServer' }),
    );
  }
});
