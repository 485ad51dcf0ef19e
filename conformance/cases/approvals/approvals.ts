import type { Case } from '../../case.ts';
import { actingCases } from './acting.ts';
import { approvingCases } from './approving.ts';
import { countingCases } from './counting.ts';
import { issuingCases } from './issuing.ts';
import { recordCases } from './records.ts';
import { requestingCases } from './requesting.ts';
import { standingCases } from './standing.ts';

/** docs/approvals.md, from outside. */
export const approvalCases: readonly Case[] = [
  ...requestingCases,
  ...approvingCases,
  ...countingCases,
  ...actingCases,
  ...issuingCases,
  ...standingCases,
  ...recordCases,
];
