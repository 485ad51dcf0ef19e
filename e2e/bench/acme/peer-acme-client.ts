// One certificate by the npm package acme-client, as its documentation shows it: directory, account key file, name.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import acme from 'acme-client';

const [directoryUrl = '', keyFile = '', name = ''] = process.argv.slice(2);

const accountFile = `${keyFile}.account`;
if (!existsSync(keyFile)) writeFileSync(keyFile, await acme.crypto.createPrivateEcdsaKey());
const client = new acme.Client({
  directoryUrl,
  accountKey: readFileSync(keyFile),
  ...(existsSync(accountFile) && { accountUrl: readFileSync(accountFile, 'utf8') }),
});
const [, csr] = await acme.crypto.createCsr(
  { altNames: [name] },
  await acme.crypto.createPrivateEcdsaKey(),
);
const certificate = await client.auto({
  csr,
  termsOfServiceAgreed: true,
  skipChallengeVerification: true,
  challengePriority: ['http-01'],
  // Pebble is told to believe.
  challengeCreateFn: () => Promise.resolve(),
  challengeRemoveFn: () => Promise.resolve(),
});
if (!certificate.startsWith('-----BEGIN CERTIFICATE-----')) throw new Error('no certificate');
writeFileSync(accountFile, client.getAccountUrl());
