import { maskCredentials, REDACTED } from '@dozen/config';
import { stdSerializers } from 'pino';

/** Keys whose values are never logged, at any depth; compared without case, `-` and `_`. */
const SENSITIVE_KEYS: ReadonlySet<string> = new Set([
  // credentials
  'authorization',
  'proxyauthorization',
  'cookie',
  'setcookie',
  'apikey',
  'xapikey',
  'privatekey',
  'passwd',
  'pass',
  'pwd',
  'credentials',
  'jwt',
  // card data
  'cardnumber',
  'pan',
  'cvc',
  'cvv',
  'iban',
  // personal data; not `address`, which sockets have too
  'emailaddress',
  'phone',
  'phonenumber',
  'firstname',
  'lastname',
  'fullname',
  'postaladdress',
  'birthdate',
]);

/** Last words of a key: `paymentToken`, `access_token`, `client-secret`, `customerEmail`. */
const SENSITIVE_ENDINGS = ['token', 'password', 'secret', 'email'] as const;

/** Deeper than any log object that is meant; a framework object logged by accident must not flood the log. */
const MAX_DEPTH = 8;

/**
 * A copy of log fields that may be written: values of sensitive keys are hidden at any depth, errors become objects,
 * and text is scrubbed. Never throws: a log call must not break the work that it reports.
 */
export function redactFields(fields: object): Record<string, unknown> {
  return copyObject(fields, [fields]);
}

/**
 * Hides what free text (messages of other people's errors) tends to carry: credentials in URLs, bearer tokens, mail
 * addresses. The repetitions are bounded, so that the time stays linear in the length of the text.
 */
export function scrubText(text: string): string {
  const scrubbed = text.includes('://') ? maskCredentials(text) : text;
  return scrubbed
    .replaceAll(/\b(bearer|basic)\s+[\w.~+/=-]{8,4096}/gi, `$1 ${REDACTED}`)
    .replaceAll(/[\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,8}[a-z]{2,24}\b/gi, REDACTED);
}

/** @param path the objects that contain the value, outermost first; finds cycles and bounds the depth. */
function copy(value: unknown, path: readonly object[]): unknown {
  if (typeof value === 'string') return scrubText(value);
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  if (path.includes(value)) return '[circular]';
  if (path.length > MAX_DEPTH) return '[too deep]';
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  const inner = [...path, value];
  if (value instanceof Error) return copyObject(stdSerializers.err(value), inner);
  if (Array.isArray(value)) return value.map((item) => copy(item, inner));
  const json: unknown = Reflect.get(value, 'toJSON');
  return typeof json === 'function' ? copy(Reflect.apply(json, value, []), inner) : copyObject(value, inner);
}

function copyObject(value: object, path: readonly object[]): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  // defineProperty, since assigning to a key named __proto__ would change the copy's prototype.
  for (const key of Object.keys(value)) {
    Object.defineProperty(result, key, {
      value: copyMember(value, key, path),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return result;
}

function copyMember(value: object, key: string, path: readonly object[]): unknown {
  try {
    const member: unknown = Reflect.get(value, key);
    return isSensitive(key) ? hide(member) : copy(member, path);
  } catch (error) {
    // A getter or toJSON of the logged object threw; the line says so in its place.
    return `[unreadable: ${error instanceof Error ? error.name : typeof error}]`;
  }
}

function isSensitive(key: string): boolean {
  const plain = key.replaceAll(/[-_]/g, '').toLowerCase();
  return SENSITIVE_KEYS.has(plain) || SENSITIVE_ENDINGS.some((ending) => plain.endsWith(ending));
}

/** Whether there was a value at all may be seen, as may a flag such as `hasToken`. */
function hide(value: unknown): unknown {
  return value === undefined || value === null || typeof value === 'boolean' ? value : REDACTED;
}
