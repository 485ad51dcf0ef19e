import { expect, test } from 'vitest';
import { NssPerson } from '../testing/nss-person.ts';

test('NSS is given no Ed25519 key, with which it cannot sign in', async () => {
  await using alex = await NssPerson.create();
  const credential = await alex.credential({ id: 'one', keyType: 'Ed25519' });
  await expect(alex.target().install(credential)).rejects.toMatchObject({
    code: 'install',
    reason: 'refused',
    detail: 'no key of type OKP',
  });
  expect(credential.given).toEqual([]);
});
