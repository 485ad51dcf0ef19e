import type { Handlers } from '../../shared/ipc-contract.ts';
import type { ApprovalsView } from '../../shared/models/approval.ts';
import { ApprovalError } from './approval-error.ts';

type Asked<Entry extends keyof Handlers['approval']> = Parameters<Handlers['approval'][Entry]>[0];
type Given<Entry extends keyof Handlers['approval']> = ReturnType<Handlers['approval'][Entry]>;

const notYet = (): ApprovalError =>
  new ApprovalError({ code: 'approval', reason: 'not-offered' }, 'approving');

/** What this person approves for others, at every organisation that asks for it (docs/approvals.md). */
export class Approvals {
  readonly view: ApprovalsView = {
    ...{ status: 'unknown', organizations: [], requests: [], receipts: [], failures: [] },
    ...{ asked: null, linkFailure: null },
  };

  subscribe(_listener: () => void): () => void {
    return () => undefined;
  }

  async watch(): Promise<void> {
    return Promise.reject(notYet());
  }

  async refresh(): Promise<void> {
    return Promise.reject(notYet());
  }

  async open(_request: Asked<'open'>): Given<'open'> {
    return Promise.reject(notYet());
  }

  /** Follows `countersign://approve?…` or the same query on a page of the CA. */
  openLink(_link: string): void {
    throw notYet();
  }

  dismissAsked(): void {
    throw notYet();
  }

  async approve(_decision: Asked<'approve'>): Given<'approve'> {
    return Promise.reject(notYet());
  }

  async stopApproving(_request: Asked<'stopApproving'>): Promise<void> {
    return Promise.reject(notYet());
  }

  async decline(_decision: Asked<'decline'>): Given<'decline'> {
    return Promise.reject(notYet());
  }

  async message(_message: Asked<'message'>): Promise<void> {
    return Promise.reject(notYet());
  }

  async propose(_proposal: Asked<'propose'>): Given<'propose'> {
    return Promise.reject(notYet());
  }

  async withdraw(_request: Asked<'withdraw'>): Promise<void> {
    return Promise.reject(notYet());
  }

  /** DER of a CMS SignedData. */
  receiptFile(_receiptId: string): Uint8Array {
    throw notYet();
  }

  close(): void {
    return undefined;
  }
}
