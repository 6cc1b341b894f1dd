import type { Tree } from '@nx/devkit';
import { capitalised, check, pluralOf, singularOf } from '../edits/names.js';
import { MANIFEST, textOf } from '../edits/services.js';

export interface ServiceOptions {
  readonly name: string;
  readonly aggregate?: string;
  readonly errors?: string;
}

/** What the templates of a service are filled in with; each name also with a capital. */
export interface ServiceValues {
  /** `parcels` */
  readonly service: string;
  readonly Service: string;
  /** `parcel` */
  readonly aggregate: string;
  readonly Aggregate: string;
  /** `parcels`: its table and its routes. */
  readonly aggregates: string;
  readonly Aggregates: string;
  /** `PAR` */
  readonly errors: string;
  /** Of its first migration, ms since 1970. */
  readonly timestamp: string;
}

/** Throws with what is wrong about the options, and what would be right. */
export function valuesOf(tree: Tree, { name, aggregate = singularOf(name), errors }: ServiceOptions): ServiceValues {
  check(
    /^[a-z][a-z0-9]{1,19}$/.test(name),
    `"${name}" is no name of a service: 2 to 20 small letters and digits, a letter first (it names a database, a topic and a network, too)`,
  );
  for (const folder of ['apps', 'libs', 'tools']) {
    check(!tree.exists(`${folder}/${name}`), `@dozen/${name} is there already, in ${folder}/${name}`);
  }
  check(
    !new RegExp(`^  (\\w+-)?${name}:`, 'm').test(textOf(tree, 'docker-compose.yml')),
    `docker-compose.yml has a ${name} already`,
  );
  check(
    aggregate !== undefined,
    `what does ${name} keep one of for each order? Say it in the singular: --aggregate=shipment`,
  );
  check(
    /^[a-z]{2,30}$/.test(aggregate) && !['order', 'orders'].includes(pluralOf(aggregate)),
    `"${aggregate}" is no aggregate: one word in small letters, and not the order itself (--aggregate=shipment)`,
  );
  const prefix = errors ?? name.slice(0, 3).toUpperCase();
  check(/^[A-Z][A-Z0-9]{1,5}$/.test(prefix), `"${prefix}" cannot begin error codes: 2 to 6 capitals (--errors=SHP)`);
  const taken = areasIn(tree);
  check(!taken.includes(prefix), `error codes of ${prefix} are taken; so are ${taken.join(', ')} (--errors=SHP)`);
  const aggregates = pluralOf(aggregate);
  return {
    service: name,
    Service: capitalised(name),
    aggregate,
    Aggregate: capitalised(aggregate),
    aggregates,
    Aggregates: capitalised(aggregates),
    errors: prefix,
    timestamp: String(Date.now()),
  };
}

/** What the error codes of docs/errors.md begin with. */
function areasIn(tree: Tree): string[] {
  const codes = textOf(tree, 'docs/errors.md').matchAll(/^### ([A-Z][A-Z0-9]+)-/gm);
  return [...new Set([...codes].map(([, area = '']) => area))].sort();
}

/** The text of the manifest with an entry more, the last: the order of the others is that of the chaos run's seeds. */
export function withEntry(manifest: string, { service, aggregates }: ServiceValues): string {
  const entry = {
    processTypes: ['web', 'consumer', 'relay', 'jobs'],
    table: aggregates,
    env: { AUTH_ISSUER: '{identity}', AUTH_JWKS_URL: '{identity}/.well-known/jwks.json' },
  };
  const end = manifest.lastIndexOf('}');
  check(end !== -1, `${MANIFEST} is no JSON`);
  return `${manifest.slice(0, end).trimEnd()}, ${JSON.stringify(service)}: ${JSON.stringify(entry, null, 2)} }\n`;
}
