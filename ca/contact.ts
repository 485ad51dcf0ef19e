import { Problem } from './problems.ts';

const MAXIMUM_CONTACTS = 10;

/** Checks an account's contact URLs (RFC 8555 §7.3); undefined when the client named none. */
export function readContact(value: unknown): readonly string[] | undefined {
  if (value === undefined) return undefined;
  if (!Array.isArray(value) || value.length > MAXIMUM_CONTACTS) {
    throw new Problem('malformed', `"contact" must be a list of at most ${MAXIMUM_CONTACTS} URLs.`);
  }
  return value.map(checkContact);
}

function checkContact(contact: unknown): string {
  if (typeof contact !== 'string' || !/^[a-z][a-z0-9+.-]*:/i.test(contact)) {
    throw new Problem('invalidContact', 'A contact must be a URL.');
  }
  if (!/^mailto:/i.test(contact)) {
    throw new Problem('unsupportedContact', 'Contacts must be "mailto" URLs.');
  }
  // RFC 8555 §7.3: one address, and no header fields after it.
  const address = contact.slice('mailto:'.length);
  if (
    address.length > 254 ||
    !/^[^\s@,?<>:;"()[\]\\%]+@[a-z0-9-]+(\.[a-z0-9-]+)*$/i.test(address)
  ) {
    throw new Problem('invalidContact', 'A "mailto" contact must be one plain address.');
  }
  return contact;
}
