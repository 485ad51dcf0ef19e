interface LinkedRequest {
  /** URL of the CA's directory. */
  readonly from: string;
  /** URL of the request. */
  readonly approval: string;
}

/** To be handed to approvers: it says where to look, and nothing else (docs/approvals.md §8). */
export function requestLink({ from, approval }: LinkedRequest): string {
  return `countersign://approve?${new URLSearchParams({ from, approval }).toString()}`;
}
