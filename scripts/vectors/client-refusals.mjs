/** What a client has to leave unanswered. @param {import('./world.mjs').World} world */
export function clientFile(world) {
  const { keys, urls, token, challenge, person } = world;
  return {
    about:
      'Authorizations as a server sends them, and what a client does with the first challenge: `output` is what it shows or passes on, `refusal` why it answers nothing.',
    section: '1',
    madeBy: ['by hand'],
    verifiedBy: ['the rules of sections 1 to 4'],
    given: {
      ...{ directory: urls.directory, thumbprint: keys.account.thumbprint, token },
      ...{ challenge, person: person.email },
    },
    vectors: [...passkeys(world), ...tokens(world), ...places(world)],
  };
}

const authorizationOf = ({ person }, challenges, changes = {}) => ({
  ...{ status: 'pending', identifier: { type: 'email', value: person.email }, challenges },
  ...changes,
});

const refusal = (id, because, authorization, as) => ({
  ...{ id, what: 'A challenge that is not answered.', input: { authorization } },
  refusal: { by: 'client', as: [as], because },
});

const pending = (world, type, members = {}, id = 11) => ({
  ...{ type, url: world.challengeUrl(id), status: 'pending', token: world.token },
  ...members,
});

function passkeys(world) {
  const { challenge, origin, keys } = world;
  const publicKey = { rpId: 'ca.example', challenge, userVerification: 'required' };
  const webauthnUrl = `${origin}/portal/passkey`;
  const options = { challenge, rpId: 'ca.example', userVerification: 'required' };
  const of = (members) => authorizationOf(world, [pending(world, 'ppkp-01', members)]);
  const good = (id, what, members, passedOn = {}) => ({
    ...{ id, what, input: { authorization: of(members) } },
    output: { publicKey: { ...options, ...passedOn }, code: keys.account.thumbprint.slice(0, 8) },
  });
  const changed = (id, because, members, as) =>
    refusal(id, because, of({ publicKey: { ...publicKey, ...members }, webauthnUrl }), as);
  const page = (id, because, url) =>
    refusal(id, because, of({ publicKey, webauthnUrl: url }), 'page');
  const allowCredentials = [{ type: 'public-key', id: 'AbCd', transports: ['usb'] }];
  const extensions = { appid: 'https://evil.example/' };
  return [
    good('ppkp-01', 'The options that go to the authenticator.', { publicKey, webauthnUrl }),
    good('ppkp-01-bare', 'Without publicKey, the host of the directory.', {}),
    good(
      'ppkp-01-allow-list',
      'What is passed on, and what is not.',
      {
        publicKey: {
          ...publicKey,
          ...{ userVerification: 'discouraged', timeout: 120_000, allowCredentials, extensions },
        },
        webauthnUrl,
      },
      { timeout: 120_000, allowCredentials },
    ),
    changed('rp-id-parent', 'rpId is a parent domain.', { rpId: 'example' }, 'rp-id'),
    changed('rp-id-other', 'rpId is another host.', { rpId: 'bank.example' }, 'rp-id'),
    changed('rp-id-below', 'rpId is a host below.', { rpId: 'www.ca.example' }, 'rp-id'),
    changed(
      'challenge-other',
      "It is another account's.",
      { challenge: 'A'.repeat(43) },
      'challenge',
    ),
    changed('challenge-padded', 'It is padded.', { challenge: `${challenge}=` }, 'challenge'),
    changed('challenge-token', 'It is the token.', { challenge: world.token }, 'challenge'),
    page(
      'page-other-host',
      'The page is of another host.',
      'https://www.ca.example/portal/passkey',
    ),
    page(
      'page-other-port',
      'The page is at another port.',
      'https://ca.example:8443/portal/passkey',
    ),
    page('page-http', 'The page comes by http.', 'http://ca.example/portal/passkey'),
  ];
}

function tokens(world) {
  const bad = {
    sentence: ['The example of draft-ietf-acme-client-14.', 'Some challenge to digitally sign'],
    short: ['21 characters.', 'A'.repeat(21)],
    long: ['256 characters.', 'A'.repeat(256)],
    padded: ['It is padded.', `${'A'.repeat(43)}=`],
    dotted: ['A dot would end it.', `${'A'.repeat(22)}.${'A'.repeat(22)}`],
    base64: ['It is in base64.', `${'A'.repeat(40)}+/A`],
    digits: ['A code in place of a token.', '123456'],
    missing: ['There is none.', undefined],
  };
  return ['cert-01', 'ppkp-01'].flatMap((type) =>
    Object.entries(bad).map(([id, [because, token]]) => {
      const authorization = authorizationOf(world, [pending(world, type, { token })]);
      return refusal(`${type}-token-${id}`, because, authorization, 'token');
    }),
  );
}

function places(world) {
  const types = ['totp-01', 'hotp-01', 'otp-01', 'cert-01', 'ppkp-01'];
  const domain = { identifier: { type: 'dns', value: 'example.org' } };
  const proofs = ['dns-01', 'http-01', 'tls-alpn-01', 'dns-account-01', 'dns-persist-01'];
  const first = (type) => pending(world, type);
  const beside = (type, proof) =>
    authorizationOf(world, [first(type), pending(world, proof, {}, 12)], domain);
  const identifiers = {
    address: ['It is for an address.', { identifier: { type: 'ip', value: '192.0.2.1' } }],
    wildcard: ['It is for a wildcard.', { ...domain, wildcard: true }],
  };
  return [
    ...types.map((type) =>
      refusal(
        `${type}-beside-dns-01`,
        'It stands beside a domain proof (1.4).',
        beside(type, 'dns-01'),
        'beside-domain-proof',
      ),
    ),
    ...proofs
      .slice(1)
      .map((proof) =>
        refusal(
          `totp-01-beside-${proof}`,
          'It stands beside a domain proof (1.4).',
          beside('totp-01', proof),
          'beside-domain-proof',
        ),
      ),
    ...types.flatMap((type) =>
      Object.entries(identifiers).map(([id, [because, changes]]) =>
        refusal(
          `${type}-${id}`,
          because,
          authorizationOf(world, [first(type)], changes),
          'identifier',
        ),
      ),
    ),
  ];
}
