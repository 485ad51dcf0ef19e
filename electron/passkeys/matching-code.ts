/** What the person compares on both sides: whose account it is, by the thumbprint of its key (RFC 7638). */
export const matchingCode = (thumbprint: string): string => thumbprint.slice(0, 8);
