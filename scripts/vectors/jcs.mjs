/**
 * RFC 8785, of what approvals have: objects, lists, texts, booleans and whole numbers. Texts stand as `JSON.stringify` writes them,
 * which is what the RFC takes its rules from (§3.2.2.2); members stand by their UTF-16 units (§3.2.3), which is how `sort` compares.
 *
 * @param {unknown} value
 * @returns {string}
 */
export function jcs(value) {
  if (Array.isArray(value)) return `[${value.map(jcs).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.keys(value)
    .filter((name) => value[name] !== undefined)
    .sort()
    .map((name) => `${JSON.stringify(name)}:${jcs(value[name])}`);
  return `{${members.join(',')}}`;
}
