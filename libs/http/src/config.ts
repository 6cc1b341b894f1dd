import {
  type ConfigOf,
  defineSection,
  envInt,
  envList,
  envMillis,
  envText,
  envUrl,
  HTTP_DOCUMENT,
} from '@dozen/config';

/** What every process that listens needs. */
export const httpSection = defineSection('HTTP', {
  HTTP_BODY_LIMIT_BYTES: envInt({ min: 1024, max: 100 * 1024 * 1024 })
    .default(256 * 1024)
    .meta({ description: 'Largest request body, in bytes; more answers 413' }),
  PROBLEM_TYPE_BASE: envUrl(HTTP_DOCUMENT).optional().meta({
    description:
      'Where docs/errors.md is published. The `type` of an error answer is then `<this>#<code in small letters>`; else a URN',
    example: 'https://example.org/dozen/docs/errors.md',
  }),
  TRUSTED_PROXY_HOPS: envInt({ min: 0, max: 10 }).default(0).meta({
    description: 'How many proxies stand in front: that many X-Forwarded-For entries are believed. 0 believes none',
  }),
  HTTP_DRAIN_GRACE_MS: envMillis({ min: 0, max: 60_000 }).default(250).meta({
    description:
      'How long a draining process keeps accepting, in ms, so that clients and load balancers learn of it (5000 behind Kubernetes)',
  }),
});

/** Where bearer tokens come from. Its presence in a service's config turns the guard on. */
export const authSection = defineSection('Authentication', {
  AUTH_ISSUER: envText().meta({
    description: 'The `iss` that a token must carry',
    example: 'https://identity.example.com',
  }),
  AUTH_AUDIENCE: envList().default(['dozen']).meta({ description: 'Accepted values of `aud`', example: 'dozen' }),
  AUTH_JWKS_URL: envUrl(HTTP_DOCUMENT).meta({
    description: 'JSON Web Key Set (RFC 7517) of the issuer',
    example: 'https://identity.example.com/jwks.json',
  }),
});

export type HttpConfig = ConfigOf<typeof httpSection>;
export type AuthConfig = ConfigOf<typeof authSection>;
