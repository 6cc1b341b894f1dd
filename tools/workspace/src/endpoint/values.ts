import { check, namesOf } from '../edits/names.js';

export interface EndpointOptions {
  readonly service: string;
  readonly path: string;
  readonly method?: 'get' | 'post';
  readonly scope?: string;
}

/** What the templates of an endpoint are filled in with. */
export interface EndpointValues {
  readonly path: string;
  readonly method: 'GET' | 'POST';
  readonly post: boolean;
  readonly scope: string;
  /** A scope that is not enough. */
  readonly otherScope: string;
  /** `parcels-label` */
  readonly kebab: string;
  /** `ParcelsLabelController` */
  readonly controller: string;
  /** `ParcelsLabel` */
  readonly resource: string;
  readonly parameters: readonly Parameter[];
  /** Names from @dozen/contracts and from @nestjs/common. */
  readonly imports: readonly string[];
  readonly nest: readonly string[];
  /** The path with a value for each parameter: one that is good, one that is not. */
  readonly good: string;
  readonly bad: string;
  /** What the good path is answered with. */
  readonly answer: string;
}

interface Parameter {
  readonly name: string;
  /** What it is checked by. */
  readonly schema: string;
}

const ID = '019a8f6e-0000-7000-8000-000000000001';
const WORD = 'formed(/^[a-z0-9-]{1,64}$/)';

/** Throws with what is wrong about the options, and what would be right. */
export function valuesOf({ path, method = 'get', scope }: EndpointOptions): EndpointValues {
  check(
    /^\/v1(\/([a-z][a-z0-9-]*|:[a-z][A-Za-z0-9]*))+$/.test(path),
    `"${path}" is no path: it begins with /v1, its words are small letters, and a parameter has a colon (/v1/parcels/:orderId/label)`,
  );
  const segments = path.split('/').slice(2);
  const words = segments.filter((segment) => !segment.startsWith(':'));
  check(words.length > 0, `"${path}" has no word that its controller could be named after`);
  const post = method === 'post';
  const { kebab, pascal } = namesOf([...words, ...(post ? ['post'] : [])].join('-'));
  const parameters =
    path.match(/(?<=:)\w+/g)?.map((name) => ({ name, schema: isOrderId(name) ? 'orderId' : WORD })) ?? [];
  const wanted = scope ?? (post ? 'orders:write' : 'orders:read');
  const filled = (value: (name: string) => string): string =>
    path.replaceAll(/:(\w+)/g, (_, name: string) => value(name));
  return {
    path,
    method: post ? 'POST' : 'GET',
    post,
    scope: wanted,
    otherScope: wanted === 'orders:read' ? 'orders:write' : 'orders:read',
    kebab,
    controller: `${pascal}Controller`,
    resource: pascal,
    parameters,
    imports: [
      ...new Set([...parameters.map(({ schema }) => schema.replace(/\(.*/, '')), ...(post ? ['text'] : [])]),
    ].sort(),
    nest: post
      ? ['Body', 'Controller', 'HttpCode', ...(parameters.length > 0 ? ['Param'] : []), 'Post']
      : ['Controller', 'Get', ...(parameters.length > 0 ? ['Param'] : [])],
    good: filled(valueOf),
    bad: filled(() => '_'),
    answer: answerOf(
      parameters.map(({ name }) => name),
      post,
    ),
  };
}

function valueOf(name: string): string {
  return isOrderId(name) ? ID : 'a-1';
}

function answerOf(parameters: readonly string[], post: boolean): string {
  const fields = [...parameters.map((name) => `${name}: '${valueOf(name)}'`), ...(post ? [`note: 'soon'`] : [])];
  return fields.length === 0 ? '{ items: [] }' : `{ ${fields.join(', ')} }`;
}

/** At the gateway an order's id is `:id`. */
function isOrderId(name: string): boolean {
  return name === 'id' || name === 'orderId';
}
