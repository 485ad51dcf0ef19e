/** How what the pages of the wallet offer is done without them; the rest of the catalogue serves both. */
export const ownWords: Readonly<Record<string, string>> = {
  'failure.not-found.next':
    'countersign tokens and countersign credentials say what there is to work with.',
  'failure.acme-problem.wrongAnswer.why':
    'A code works only once, and some for a short while only.',
  'failure.acme-problem.wrongAnswer.next':
    '{attempts, plural, =0 {Start again or ask the help desk.} one {Give a fresh code, and check which account it is for.} other {Give a fresh code.}}',
  'failure.acme-problem.incorrectResponse.why':
    'A code works only once, and some for a short while only.',
  'failure.acme-problem.incorrectResponse.next': 'Give a fresh code.',
  'failure.acme-protocol.next': 'Tell the help desk; what follows helps them.',
  'failure.unsafe-challenge.token.next': 'Tell the help desk.',
  'failure.invitation.not-an-invitation.next':
    'Copy the whole link from the message, and give it on standard input: countersign join -',
  'failure.invitation.required.next':
    'Join the organisation again (countersign join) by the invitation that was sent to you, or ask for one.',
  'failure.invitation.not-accepted.next':
    'Ask for a new one, and join with it (countersign join). If you have not used this one yourself, say so: somebody else may have it.',
  'failure.profile.superseded.next': 'Nothing has to be done: the newer one counts.',
  'failure.profile.signer-changed.next':
    'Ask the help desk before you go on, at a number that you already know. If it confirms the new signature, leave the organisation in the desktop wallet and join it again.',
  'failure.terms.next':
    'Ask the help desk for a new invitation that names these terms, and join with it (countersign join).',
  'failure.token.pin-needed.next':
    'Type it at a terminal, or give it by --pin-fd N, a descriptor with the PIN on a line. It is one token’s: the one that --token names, else the first one’s that asks.',
  'failure.token.pin-incorrect.next':
    'Check that you mean the PIN of this token, and run the command once more.',
  'failure.token.pin-locked.next':
    'Unblock it with the PUK, in the desktop wallet or with the program that came with the token. If you have no PUK, ask whoever gave you the token.',
  'failure.token.pin-not-set.next':
    'Set one with its PUK, in the desktop wallet or with the program that came with the token, or ask whoever gave it to you.',
  'failure.token.pin-to-be-changed.next':
    'Change it in the desktop wallet or with the program that came with the token, then try again.',
  'failure.proof.pin.next':
    'Type it at a terminal or give it by --pin-fd N, and try again. countersign tokens says how the PIN of each token is.',
  'failure.token.final-try.next':
    'Go on (--accept-final-try) only if you are sure of the PIN. If you are not, ask for the PUK first.',
  'failure.token.full.next':
    'Remove a key that nothing needs any more, in the desktop wallet or with the program that came with the token, or use another token.',
  'failure.token.certificate-in-the-way.next':
    'Choose another key or another token. If you are sure that nothing needs that certificate any more, say so with --key and --replace-certificate SHA256 of countersign enroll.',
  'check.room.full.cure':
    'Remove a key that nothing needs any more, in the desktop wallet or with the program that came with the token.',
  'check.pin.not-set.cure':
    'Set one with the PUK, in the desktop wallet or with the program that came with the token.',
  'check.pin.to-be-changed.cure':
    'Change it in the desktop wallet or with the program that came with the token.',
  'check.pin.final-try.cure':
    'Go on only if you are sure of the PIN. With the PUK a new one can be set in the desktop wallet.',
  'check.pin.locked.cure':
    'Unblock it with the PUK, in the desktop wallet or with the program that came with the token.',
};
