import { beforeAll, expect, it } from 'vitest';
import type { NetworkDescription } from '../../shared/models/network.ts';
import { pemOf } from '../certificates/pem.ts';
import { Issuer } from '../testing/installable.ts';
import { soundNetwork } from '../testing/made-up-networks.ts';
import { networkTexts } from './network-texts.ts';

let network: NetworkDescription;
let chain: string;
beforeAll(async () => {
  network = await soundNetwork();
  const credential = await (await Issuer.create()).credential();
  chain = [credential.certificate, ...credential.chain].map(pemOf).join('');
});

it('has one text for Windows and one for macOS, and none without networks', () => {
  const texts = networkTexts({ networks: [network], chain });
  expect(texts.map(({ program, fileName }) => [program, fileName])).toEqual([
    ['windows', 'add-networks.ps1'],
    ['macos', 'networks.mobileconfig'],
  ]);
  expect(networkTexts({ chain })).toEqual([]);
});

it('leaves a network out that is not described safely', () => {
  expect(networkTexts({ networks: [{ ...network, serverNames: [] }], chain })).toEqual([]);
});
