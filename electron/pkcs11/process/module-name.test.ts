import { expect, it } from 'vitest';
import { moduleName } from './module-name.ts';

it.each([
  ['OpenSC smartcard framework', 'OpenSC Project', 'OpenSC smartcard framework'],
  ['PKCS#11 Kit Trust Module', 'PKCS#11 Kit', 'PKCS#11 Kit Trust Module'],
  ['PKCS#11 PIV Library (SP-800-73)', 'Yubico (www.yubico.com)', 'PKCS#11 PIV Library (SP-800-73)'],
  ['Implementation of PKCS11', 'SoftHSM', 'SoftHSM'],
  ['PKCS #11 v2.40 module', 'Karten GmbH', 'Karten GmbH'],
  ['', 'SoftHSM', 'SoftHSM'],
  ['智能卡', 'Cryptoki', '智能卡'],
  ['Cryptoki', 'PKCS#11', ''],
  ['', '', ''],
  ['2.40', '…', ''],
])('a module that says “%s”, by “%s”, is called “%s”', (description, manufacturer, name) => {
  expect(moduleName(description, manufacturer)).toBe(name);
});
