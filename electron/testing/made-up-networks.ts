import { randomUUID, X509Certificate } from 'node:crypto';
import * as fc from 'fast-check';
import type { NetworkDescription } from '../../shared/models/network.ts';
import { TestAuthority } from './test-authority.ts';

/** A network that is described as it should be, with a root of its own. */
export async function soundNetwork(
  members: Partial<NetworkDescription> = {},
): Promise<NetworkDescription> {
  const root = await TestAuthority.root({ name: 'Network Root' });
  return {
    ...{ id: randomUUID(), name: 'Example', source: 'organization' },
    ...{ ssids: ['Example', 'Example Guests'], wired: true, outerIdentity: '@example.test' },
    serverNames: ['radius.example.test', 'radius2.example.test'],
    serverRoots: [new X509Certificate(root.certificate).raw.toString('base64')],
    ...members,
  };
}

/** What others would have end a value early, be read as something else, or not be seen. */
const hostile = [
  ...[
    '',
    ' ',
    '\0',
    '\n',
    '\r\n',
    '\t',
    '\u0007',
    '\u0085',
    '\u2028',
    '\ufeff',
    '\ufffe',
    '\uffff',
  ],
  ...['\ud800', 'a\udc00b', '\u202e', '\u2066', '\u{e0041}', '\u{1f600}', 'é', '日本'],
  ...['<', '>', '&', '"', "'", ']]>', '<![CDATA[', '<!--', '-->', '<?xml', '&amp;', '&#0;', '&x;'],
  ...['..', '../../etc/passwd', '/', '\\', ';', '*', '%00', '${x}', '$(x)', '`x`', '</name><name>'],
  'x'.repeat(70_000),
];

/** Any text at all, and often a bad one. */
export const hostileText = fc.oneof(
  fc.constantFrom(...hostile),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.tuple(fc.string({ maxLength: 6 }), fc.constantFrom(...hostile)).map((each) => each.join('')),
);

/** A network of which any member may be anything of its type. */
export const hostileNetwork = (sound: NetworkDescription): fc.Arbitrary<NetworkDescription> => {
  const some = <T>(value: T, other: fc.Arbitrary<T>) =>
    fc.oneof({ arbitrary: fc.constant(value), weight: 3 }, other);
  const texts = fc.array(hostileText, { maxLength: 3 });
  return fc.record({
    id: fc.constant(sound.id),
    name: hostileText,
    source: fc.constant(sound.source),
    // Mostly one that could be the name of a network, so that what is written is seen as well.
    ssids: fc.oneof(texts, fc.array(fc.string({ minLength: 1, maxLength: 10 }), { minLength: 1 })),
    wired: fc.boolean(),
    serverNames: some(sound.serverNames, texts),
    serverRoots: some(sound.serverRoots, texts),
    outerIdentity: some(sound.outerIdentity, hostileText),
  });
};
