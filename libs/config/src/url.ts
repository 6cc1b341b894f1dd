import { isIPv4, isIPv6 } from 'node:net';
import { isCleanText } from './text.js';

export interface HostAndPort {
  /** As written, in small letters; an IPv6 address without its brackets. */
  readonly name: string;
  readonly port?: number;
}

/** A URL of a backing service, taken apart; user, password and path are decoded. */
export interface ServiceUrl {
  readonly scheme: string;
  readonly user?: string;
  readonly password?: string;
  /** At least one. */
  readonly hosts: readonly HostAndPort[];
  /** Without the slash before it. */
  readonly path: string;
  readonly query: ReadonlyMap<string, string>;
}

/** Why a text is not a URL. It says what is wrong and where, and repeats nothing of the text, which may be a password. */
export interface UrlProblem {
  readonly problem: string;
}

const PARTS = /^([a-z][a-z0-9+.-]*):\/\/([^/?]*)(?:\/([^?]*))?(?:\?(.*))?$/;
/** Visible ASCII but for the characters that RFC 3986 gives no place in a URL. */
const LETTERS = /^[\w!$%&'()*+,./:;=?@[\]~#-]*$/;
const MOST_LETTERS = 4_096;

/**
 * By RFC 3986 and no more than that. The clients' own parsers take more, and each of them something else: a `%` without
 * digits, a second `@`, a `#` within a password, blanks. What they do with it is a stack trace at the first connection, or
 * a connection to another host than the operator meant.
 */
export function readUrl(text: string): ServiceUrl | UrlProblem {
  if (text.length > MOST_LETTERS) return { problem: `is longer than ${MOST_LETTERS} characters` };
  if (!LETTERS.test(text)) return { problem: 'has a blank or another character that a URL writes as %XX' };
  if (text.includes('#')) return { problem: "has a '#', which a URL writes as %23" };
  const [, scheme, authority, path = '', query = ''] = PARTS.exec(text) ?? [];
  if (scheme === undefined || authority === undefined) return { problem: 'is no URL' };
  const halves = authority.split('@');
  if (halves.length > 2) return { problem: "has a second '@', which a password writes as %40" };
  const hosts = halves.at(-1) ?? '';
  const credentials = readCredentials(halves.length === 2 ? halves[0] : undefined);
  if ('problem' in credentials) return credentials;
  const parsedHosts = hosts.split(',').map(readHost);
  const wrong = parsedHosts.find((host) => 'problem' in host);
  if (wrong !== undefined) return wrong;
  const decodedPath = decode(path);
  if (decodedPath === undefined) return { problem: 'has a path that is not percent-encoded UTF-8' };
  const parameters = readQuery(query);
  if ('problem' in parameters) return parameters;
  return { scheme, ...credentials, hosts: parsedHosts.filter(isHost), path: decodedPath, query: parameters };
}

function readCredentials(userinfo: string | undefined): Pick<ServiceUrl, 'user' | 'password'> | UrlProblem {
  if (userinfo === undefined) return {};
  const colon = userinfo.indexOf(':');
  const user = decode(colon < 0 ? userinfo : userinfo.slice(0, colon));
  const password = colon < 0 ? undefined : decode(userinfo.slice(colon + 1));
  if (user === undefined || (colon >= 0 && password === undefined)) {
    return { problem: "has a user or a password that is not percent-encoded UTF-8: '%' is %25" };
  }
  return password === undefined ? { user } : { user, password };
}

export const HOST_NAME = /^(?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?\.)*[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?\.?$/i;
const MOST_NAME = 253;
/** Such a name is an IPv4 address by WHATWG, in forms that only some clients know: 10.1, 0x7f.1, 2130706433. */
const ENDS_IN_NUMBER = /(?:^|\.)(?:\d+|0x[0-9a-f]*)\.?$/;

function readHost(text: string): HostAndPort | UrlProblem {
  const [, bracketed, plain, port] = /^(?:\[([^\]]*)\]|([^:[\]]*))(?::(.*))?$/.exec(text) ?? [];
  const name = (bracketed ?? plain ?? '').toLowerCase();
  if (name === '') return { problem: 'has no host' };
  const isName = HOST_NAME.test(name) && name.length <= MOST_NAME && (!ENDS_IN_NUMBER.test(name) || isIPv4(name));
  if (bracketed === undefined ? !isName : !isIPv6(name) || name.includes('%')) {
    return { problem: 'has a host that is neither a name nor an address' };
  }
  if (port === undefined) return { name };
  const number = /^[1-9]\d{0,4}$/.test(port) ? Number(port) : Number.NaN;
  return number <= 65_535 ? { name, port: number } : { problem: 'has a port that is not a number from 1 to 65535' };
}

function isHost(host: HostAndPort | UrlProblem): host is HostAndPort {
  return 'name' in host;
}

function readQuery(text: string): ReadonlyMap<string, string> | UrlProblem {
  const found = new Map<string, string>();
  for (const part of text === '' ? [] : text.split('&')) {
    const [name, value] = part.split(/=(.*)/s, 2).map((half) => decode(half.replaceAll('+', ' ')));
    if (name === undefined || name === '' || value === undefined) {
      return { problem: 'has a query that is not name=value, percent-encoded, with & between' };
    }
    if (found.has(name)) return { problem: 'has a parameter twice' };
    found.set(name, value);
  }
  return found;
}

/** Undefined for what is no percent-encoded text, or has a control character: NUL ends a text in PostgreSQL's protocol. */
function decode(text: string): string | undefined {
  try {
    const decoded = decodeURIComponent(text);
    return isCleanText(decoded) ? decoded : undefined;
  } catch {
    return undefined;
  }
}

/** Whether nobody but this machine is at the other end: then the way there needs no encryption. */
export function isLoopback({ name }: HostAndPort): boolean {
  const plain = name.replace(/\.$/, '');
  return (
    plain === 'localhost' || plain.endsWith('.localhost') || /^127\.\d+\.\d+\.\d+$/.test(plain) || isLoopback6(plain)
  );
}

function isLoopback6(name: string): boolean {
  return isIPv6(name) && new URL(`http://[${name}]`).hostname === '[::1]';
}
