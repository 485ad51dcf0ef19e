import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AskPin } from '../keys/pin.ts';
import type { TokenKeyRecord } from '../keys/token-key-record.ts';
import { TokenKeys } from '../keys/token-keys.ts';
import { DocumentWorld, type DocumentKeyType } from '../testing/document-world.ts';
import { pdfSample } from '../testing/pdf-samples.ts';
import { SoftHsm } from '../testing/tokens/soft-hsm.ts';
import { pinOf, TokenWorld } from '../testing/tokens/token-world.ts';
import { signDocument } from './document.ts';

let hsm: SoftHsm;
let tokens: TokenWorld;
let world: DocumentWorld;
let asked: string[] = [];

const askPin: AskPin = ({ reason }) => {
  asked.push(reason);
  return Promise.resolve({ pin: pinOf('123456'), acceptFinalTry: false, tried: () => undefined });
};

beforeAll(async () => {
  hsm = await SoftHsm.create('work');
  tokens = new TokenWorld({ modulePaths: [hsm.modulePath], env: hsm.env });
  world = await DocumentWorld.create();
});
afterAll(async () => {
  await tokens[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
  await hsm.stop();
});

test.each(['P-256', 'P-384', 'RSA-3072'] satisfies readonly DocumentKeyType[])(
  'a %s key on a token signs a document, after one PIN',
  async (type) => {
    const stored = new Map<string, TokenKeyRecord>();
    const keys = new TokenKeys({
      ...{ tokens: tokens.tokens, askPin, randomBytes },
      store: {
        list: () => [...stored.values()],
        find: (id) => stored.get(id),
        save: (record) => void stored.set(record.id, record),
        remove: (id) => void stored.delete(id),
      },
    });
    const token = await tokens.reference('work');
    const use = { reason: 'make-key', owner: 'made by another' } as const;
    await keys.ensure({ id: type, type, token, label: type, existing: undefined }, use);
    const made = await keys.signer(type, use);
    const credentialId = await world.credential(made);
    asked = [];
    const source = await pdfSample(world.directory, 'plain');
    const destination = world.path(`${type}.pdf`);
    const { path } = await signDocument(
      { credentialId, source, destination },
      { ...world.rooms, keys: { signer: (_id, documentUse) => keys.signer(type, documentUse) } },
    );
    expect(asked).toEqual(['sign-document']);
    const said = await world.pdfsig(path);
    expect(said).toContain('Signature is Valid.');
    expect(said).toContain('Certificate is Trusted.');
    expect(await world.openssl(path)).toBe('verified');
  },
);
