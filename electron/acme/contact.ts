const mailto = /^mailto:/i;
/** A `?` begins header fields, a comma another address (RFC 6068 §2); an encoded comma only ever stands in odd mailboxes. */
const more = /[?,]|%2c/i;

/** RFC 8555 §7.3: clients MUST NOT give a `mailto` URL with `hfields` or with more than one address. Other schemes are the CA's to judge. */
export const isContact = (url: string): boolean => !mailto.test(url) || !more.test(url);
