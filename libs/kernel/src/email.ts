const ATOM = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+";
const REST_OF_LABEL = '(?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?';
const LABEL = `[A-Za-z0-9]${REST_OF_LABEL}`;
/** RFC 1123, section 2.1: the highest-level label is alphabetic. `2.3` and `0x7f.1` are addresses of IPv4 to URL parsers. */
const TOP_LABEL = `[A-Za-z]${REST_OF_LABEL}`;

/** The form of an address, without the bounds of its length; see `isEmailAddress`. */
export const EMAIL_FORM = new RegExp(`^${ATOM}(?:\\.${ATOM})*@(?:${LABEL}\\.)*${TOP_LABEL}$`);

/** RFC 5321, section 4.5.3.1: octets of the local part, and of a path without its angle brackets. */
const MAX_LOCAL = 64;
export const MAX_EMAIL = 254;

/**
 * An address that a mail server takes: a mailbox of RFC 5321, section 4.1.2, whose local part is a dot-string and whose
 * domain is a name, also one in the ASCII form of another alphabet (`xn--…`). Quoted local parts and address literals are
 * not taken: nobody has one, and quotes are how headers are forged.
 */
export function isEmailAddress(text: string): boolean {
  return text.length <= MAX_EMAIL && text.lastIndexOf('@') <= MAX_LOCAL && EMAIL_FORM.test(text);
}
