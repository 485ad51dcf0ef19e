import type { Case } from './case.ts';
import { groups } from './case.ts';
import { approvalCases } from './cases/approvals/approvals.ts';
import { certCases } from './cases/cert.ts';
import { commonCases } from './cases/common.ts';
import { hotpCases } from './cases/hotp.ts';
import { keyCases } from './cases/key.ts';
import { otpCases } from './cases/otp.ts';
import { passkeyRegistrationCases } from './cases/passkey-registration.ts';
import { passkeyCases } from './cases/passkey.ts';
import { preauthorizationCases } from './cases/pre-authorization.ts';
import { registrationCases } from './cases/registration.ts';
import { totpCases } from './cases/totp.ts';

/** Every case, in the order in which they are told of. */
export const catalogue: readonly Case[] = [
  ...commonCases,
  ...totpCases,
  ...hotpCases,
  ...otpCases,
  ...certCases,
  ...passkeyCases,
  ...keyCases,
  ...registrationCases,
  ...passkeyRegistrationCases,
  ...preauthorizationCases,
  ...approvalCases,
];

/** The order in which they are tried: what locks a credential comes when nothing needs it any more. */
export function inTurn(cases: readonly Case[]): readonly Case[] {
  return ['first', undefined, 'late', 'last'].flatMap((turn) =>
    cases.filter((one) => one.turn === turn),
  );
}

/** Markdown, as it stands in docs/conformance.md. */
export function listOfCases(): string {
  return groups
    .map((group) => {
      const cases = catalogue.filter((one) => one.group === group);
      const lines = cases.map(
        ({ id, expected, clause }) => `- \`${id}\`: ${expected} (${clause}).`,
      );
      return [`### ${group}`, '', ...lines].join('\n');
    })
    .join('\n\n');
}
