import type { Urls } from '../urls.ts';

/** docs/approvals.md §8: where to look, and nothing else. */
export function approvalLink(urls: Urls, request: string): string {
  return `countersign://approve?${query(urls, request)}`;
}

/** A page of the CA with that link, for mails. */
export function approvalPage(urls: Urls, request: string): string {
  return `${urls.origin}/portal/approval?${query(urls, request)}`;
}

function query(urls: Urls, request: string): string {
  const from = encodeURIComponent(urls.to('directory'));
  return `from=${from}&approval=${encodeURIComponent(request)}`;
}
