import { envType, type EnvType } from './helpers.js';
import { isPublishedSecret } from './published-secrets.js';
import { isLoopback, readUrl, type ServiceUrl, type UrlProblem } from './url.js';

/** Says what is wrong with a value, or undefined. */
type Check = (value: string) => string | undefined;

/** What the URL of one kind of backing service may have: what its client understands, and nothing that it ignores. */
export interface UrlKind {
  /** Schemes without the colon; the first one is shown in documents. */
  readonly protocols: readonly string[];
  /** `h1:9092,h2:9092`, each with its port. Default: one host, and a port if need be. */
  readonly hosts?: 'many';
  /** `optional`: a user with a password, or neither. Default: none, since whoever logs a URL logs them. */
  readonly credentials?: 'optional';
  /** Default: there must be none. */
  readonly path?: Check;
  /** Parameters by name. Default: there must be none. `any`: the server's own business. */
  readonly query?: Readonly<Record<string, Check>> | 'any';
  /** Whatever is left to be said, of a URL that is right so far. */
  check?(url: ServiceUrl): string | undefined;
  /** Whether nobody on the way can read along. */
  isEncrypted(url: ServiceUrl): boolean;
  /** What is wrong with the way to another machine although it is encrypted. */
  weakness?(url: ServiceUrl): string | undefined;
}

/** Takes any path and any query that it has. */
const anything: Check = () => undefined;

/** A server that is asked over HTTP; a base URL, so without a query. */
export const HTTP: UrlKind = {
  protocols: ['http', 'https'],
  path: anything,
  isEncrypted: ({ scheme }) => scheme === 'https',
};

/** One document at an HTTP server; a query may be part of its address. */
export const HTTP_DOCUMENT: UrlKind = { ...HTTP, query: 'any' };

/** The URL of a backing service of one of these kinds, kept as text. What it accepts, the kind's client takes as it is. */
export function envUrl(...kinds: readonly UrlKind[]): EnvType<string> {
  const protocols = kinds.flatMap((kind) => kind.protocols).map((protocol) => `${protocol}://`);
  const allowed = protocols.join(' or ');
  const kindOf = (text: string): UrlKind | undefined =>
    kinds.find(({ protocols: mine }) => mine.includes(schemeOf(text)));
  const unsafe = {
    what: 'unencrypted to another machine, or a password that is published',
    because: (value: unknown) => {
      const kind = typeof value === 'string' ? kindOf(value) : undefined;
      return kind === undefined ? undefined : insecurityOf(readUrlOf(kind, String(value)), kind);
    },
  };
  return envType({ type: `URL ${allowed}`, unsafe }, (text) => {
    const kind = kindOf(text);
    if (kind === undefined) return { problem: `must be a URL that begins with ${allowed}` };
    const url = readUrlOf(kind, text);
    return 'problem' in url ? url : { value: text };
  });
}

function schemeOf(text: string): string {
  return /^([a-z][a-z0-9+.-]{0,30}):\/\//.exec(text)?.[1] ?? '';
}

/** The parts of a URL of this kind, or the first thing that is wrong with it. */
export function readUrlOf(kind: UrlKind, text: string): ServiceUrl | UrlProblem {
  const url = readUrl(text);
  if ('problem' in url) return url;
  if (!kind.protocols.includes(url.scheme)) return { problem: 'has another scheme' };
  const problem =
    hostsProblem(kind, url) ??
    credentialsProblem(kind, url) ??
    (kind.path === undefined ? onlyIf(url.path === '', 'must have no path') : kind.path(url.path)) ??
    queryProblem(kind, url) ??
    kind.check?.(url);
  return problem === undefined ? url : { problem };
}

function hostsProblem(kind: UrlKind, { hosts }: ServiceUrl): string | undefined {
  if (kind.hosts !== 'many') return onlyIf(hosts.length === 1, 'must have one host');
  return onlyIf(
    hosts.every(({ port }) => port !== undefined),
    'must name the port of every host',
  );
}

function credentialsProblem({ credentials }: UrlKind, { user, password }: ServiceUrl): string | undefined {
  if (credentials === undefined) return onlyIf(user === undefined, 'must hold no user and no password');
  // A password alone is what Redis has without users.
  return onlyIf(user === undefined || user !== '' || (password ?? '') !== '', "has an '@' and no user before it");
}

function queryProblem({ query = {} }: UrlKind, url: ServiceUrl): string | undefined {
  if (query === 'any') return undefined;
  const known = Object.keys(query).join(', ');
  for (const [name, value] of url.query) {
    const check = Object.hasOwn(query, name) ? query[name] : undefined;
    if (check === undefined) {
      return known === '' ? 'must have no parameters' : `has a parameter that is not known; known are ${known}`;
    }
    const problem = check(value);
    if (problem !== undefined) return `has a wrong ${name}: ${problem}`;
  }
  return undefined;
}

/** Returns every reason, so that whoever allows one knows of the others. */
function insecurityOf(url: ServiceUrl | UrlProblem, kind: UrlKind): string | undefined {
  if ('problem' in url) return undefined;
  const reasons = [
    url.hosts.every(isLoopback) ? undefined : wayProblem(url, kind),
    // Whatever the host: a tunnel or another user of this machine may be at the other end.
    onlyIf(!isPublishedSecret(url.password ?? ''), 'has a password that is published with this code'),
  ].filter((reason) => reason !== undefined);
  return reasons.length === 0 ? undefined : reasons.join(' and ');
}

function wayProblem(url: ServiceUrl, kind: UrlKind): string | undefined {
  return kind.isEncrypted(url) ? kind.weakness?.(url) : 'is not encrypted on its way to another machine';
}

function onlyIf(right: boolean, problem: string): string | undefined {
  return right ? undefined : problem;
}
