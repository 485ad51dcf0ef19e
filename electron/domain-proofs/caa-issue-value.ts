/** Who an `issue` or `issuewild` property lets issue, and on which conditions (RFC 8659 §4.2). */
export interface IssueValue {
  /** In lower case; empty: nobody. */
  readonly issuer: string;
  readonly parameters: readonly IssueParameter[];
}

export interface IssueParameter {
  /** In lower case. */
  readonly tag: string;
  readonly value: string;
}

const permitsNobody: IssueValue = { issuer: '', parameters: [] };

const label = '[A-Za-z0-9](?:-*[A-Za-z0-9])*';
const issuerName = new RegExp(`^${label}(?:\\.${label})*$`);
const parameter = new RegExp(`^(${label})[ \\t]*=[ \\t]*([\\x21-\\x3a\\x3c-\\x7e]*)$`);

/** Reads `issue-value`; one that does not match the grammar permits nobody, as an empty one (RFC 8659 §4.2). */
export function readIssueValue(text: string): IssueValue {
  // With nothing but these, trimming takes exactly the WSP of the grammar away.
  if (!/^[\t\x20-\x7e]*$/.test(text)) return permitsNobody;
  // No part of the grammar has a semicolon in it, so they only separate.
  const [issuer = '', ...rest] = text.split(';').map((part) => part.trim());
  const parameters = readParameters(rest);
  if (parameters === undefined || (issuer !== '' && !isIssuerName(issuer))) return permitsNobody;
  return { issuer: issuer.toLowerCase(), parameters };
}

/** Whether a CAA record can name a CA like this (RFC 8659 §4.2 `issuer-domain-name`). */
export const isIssuerName = (name: string): boolean => issuerName.test(name);

function readParameters(parts: readonly string[]): readonly IssueParameter[] | undefined {
  // A semicolon may stand for itself, but not after a parameter.
  if (parts.length === 1 && parts[0] === '') return [];
  const read = parts.map((part) => parameter.exec(part));
  const parameters = read.flatMap((match) => {
    const [, tag, value] = match ?? [];
    return tag === undefined || value === undefined ? [] : [{ tag: tag.toLowerCase(), value }];
  });
  return parameters.length === parts.length ? parameters : undefined;
}
