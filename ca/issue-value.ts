/** The value of a CAA `issue` property, and of a dns-persist-01 record: an issuer, and what it must observe. */
export type IssueValue = {
  /** Lower case, without a dot at the end; empty when nobody is named. */
  readonly issuer: string;
  readonly parameters: readonly Parameter[];
};

export type Parameter = {
  /** Lower case. */
  readonly tag: string;
  readonly value: string;
};

/** Reads text by the grammar of RFC 8659 §4.2; undefined when it does not follow it. */
export function readIssueValue(text: string): IssueValue | undefined {
  const [, ...rest] = text.split(';');
  const issuer = issuerOf(text);
  if (issuer !== '' && !isDomain(issuer)) return undefined;
  // A semicolon may follow the issuer and stand before nothing; after a parameter it must not.
  const only = rest.length === 1 ? rest[0] : undefined;
  if (rest.length === 0 || (only !== undefined && trim(only) === '')) {
    return { issuer, parameters: [] };
  }
  const parameters = rest.map(readParameter);
  const complete = parameters.flatMap((parameter) => parameter ?? []);
  return complete.length === rest.length ? { issuer, parameters: complete } : undefined;
}

/** Who is named, in text that may be malformed after that. */
export function issuerOf(text: string): string {
  const [first = ''] = text.split(';');
  return normalizeDomain(trim(first));
}

function normalizeDomain(name: string): string {
  return name.toLowerCase().replace(/\.$/, '');
}

function isDomain(name: string): boolean {
  const labels = name.split('.');
  return name.length <= 253 && labels.every(isLabel);
}

/** Letters and digits, with hyphens between them. */
function isLabel(text: string): boolean {
  return /^(?!-)[a-z0-9-]+(?<!-)$/i.test(text);
}

function readParameter(text: string): Parameter | undefined {
  const equals = text.indexOf('=');
  const tag = trim(text.slice(0, Math.max(0, equals)));
  const value = trim(text.slice(equals + 1));
  if (equals < 0 || !isLabel(tag)) return undefined;
  return /^[\x21-\x3a\x3c-\x7e]*$/.test(value) ? { tag: tag.toLowerCase(), value } : undefined;
}

/** The grammar's white space is blanks and tabs. A pattern would take the square of the time on long runs of them. */
function trim(text: string): string {
  let [start, end] = [0, text.length];
  while (start < end && isBlank(text.charAt(start))) start += 1;
  while (end > start && isBlank(text.charAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

function isBlank(character: string): boolean {
  return character === ' ' || character === '\t';
}
