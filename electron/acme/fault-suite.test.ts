import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { casesOf, live, type FaultCase, type Findings } from '../testing/fault-suite/fault-case.ts';
import { FaultStand } from '../testing/fault-suite/fault-stand.ts';
import { faultGroups } from '../testing/fault-suite/faults.ts';
import { finishes } from '../testing/fault-suite/outcomes.ts';
import { everyNth } from '../testing/made-up.ts';
import { AcmeProblem } from './problem.ts';

let stand: FaultStand;
beforeAll(async () => {
  stand = await FaultStand.open();
});
afterEach(() => stand.ca.faults.clear());
afterAll(() => stand.close());

/** What holds whatever happened, by the CA's own count. */
function expectNothingTwice({ done, anew, unknownKeys }: Findings, { certifies }: FaultCase): void {
  const { accounts, finalized, certificates, revoked } = done;
  expect(accounts).toBe(1);
  if (certifies === 'a stranger') {
    expect({ finalized, issued: certificates.length, unknownKeys, revoked }).toEqual({
      finalized: 1,
      issued: 1,
      unknownKeys: 1,
      revoked: 0,
    });
    return;
  }
  expect(anew).toBe(finishes);
  expect({ finalized, issued: certificates.length, unknownKeys, revoked }).toEqual({
    finalized: 1,
    issued: 1,
    unknownKeys: 0,
    revoked: 1,
  });
}

describe.each(Object.entries(faultGroups))('%s:', (_group, rows) => {
  const tried = everyNth(5, casesOf(rows));
  test.each(tried.map((each) => [each.name, each.request, each] as const))(
    '%s at %s',
    async (_name, _request, wanted) => {
      const found = await live(stand, wanted);
      const { first, afterwards } = wanted;
      expect(found.struck).toBe(true);
      expect({ first: found.first, afterwards: found.afterwards }).toEqual({ first, afterwards });
      expectNothingTwice(found, wanted);
      // RFC 8555 §6.6: whoever is limited learns until when and where it is written.
      if (found.error instanceof AcmeProblem && found.error.type === 'rateLimited') {
        expect(found.error.context.retryAfter).toBeInstanceOf(Date);
        expect(found.error.context.helpUrl).toMatch(/^https:/);
      }
    },
  );
});
