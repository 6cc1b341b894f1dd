import { isEmailAddress, isPlainText, MAX_EMAIL, messageOf } from '@dozen/kernel';
import { errors, jwtVerify, type JWTVerifyGetKey } from 'jose';
import { z } from 'zod';
import { ProblemError } from '../problems/problem-error.js';
import { invalidToken } from './challenge.js';

/** Asymmetric ones only: with HS256 allowed, a public key would do as a secret. */
const ALGORITHMS = ['EdDSA', 'Ed25519', 'ES256', 'ES384', 'PS256', 'RS256'];

/** Clocks of issuer and service may differ by this much, in seconds. */
const CLOCK_TOLERANCE_S = 30;

/**
 * A client sends one token with each of its requests: what was found of it is kept so long, and so many. A key that the issuer
 * withdraws is believed no longer than that beyond the time for which the key set itself is kept.
 */
const KEPT_MS = 30_000;
const MOST_KEPT = 1_000;

/** Who sent a request. Personal data: never logged. */
export interface AuthenticatedUser {
  /** The token's `sub`. */
  readonly id: string;
  readonly email: string;
  /** BCP 47; `en` when the token has none. */
  readonly locale: string;
  readonly scopes: readonly string[];
  /** When the token ends. */
  readonly endsAt: Date;
  /** Until when it is accepted: clocks may differ. What goes on for longer than a request ends then. */
  readonly acceptedUntil: Date;
}

/** RFC 6749 section 3.3. */
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]+$/;
/** The end of the year 9999, in seconds: a later `exp` is no time that a Date, a cookie or a store could carry. */
const LAST_S = 253_402_300_799;

const claims = z.object({
  exp: z.number().min(0).max(LAST_S),
  sub: z.string().min(1).max(200).refine(isPlainText),
  // Claims have the same bounds as the fields of messages: a value that a token may have and a command may not would be a fault
  // of ours, at every order.
  email: z.string().max(MAX_EMAIL).refine(isEmailAddress),
  locale: z
    .string()
    .max(35)
    .regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/)
    .catch('en'),
  scope: z
    .union([z.string().transform((list) => list.split(' ').filter((scope) => scope !== '')), z.array(z.string())])
    .pipe(z.array(z.string().regex(SCOPE)))
    .default([]),
});

export class TokenVerifier {
  /** Verified users by token, the oldest first. */
  private readonly kept = new Map<string, { readonly user: AuthenticatedUser; readonly until: number }>();

  constructor(
    private readonly keys: JWTVerifyGetKey,
    private readonly accepts: { readonly issuer: string; readonly audience: readonly string[] },
  ) {}

  /** @throws AUTH-INVALID-TOKEN for a token that is no good, AUTH-UNAVAILABLE when the keys cannot be had. */
  async verify(token: string): Promise<AuthenticatedUser> {
    const kept = this.kept.get(token);
    if (kept !== undefined && Date.now() < kept.until) return kept.user;
    const user = await this.userOf(token);
    this.kept.delete(token);
    const [oldest] = this.kept.keys();
    if (oldest !== undefined && this.kept.size >= MOST_KEPT) this.kept.delete(oldest);
    this.kept.set(token, { user, until: Math.min(Date.now() + KEPT_MS, user.acceptedUntil.getTime()) });
    return user;
  }

  private async userOf(token: string): Promise<AuthenticatedUser> {
    const payload = await this.payloadOf(token);
    const parsed = claims.safeParse(payload);
    if (!parsed.success) {
      const names = [...new Set(parsed.error.issues.map((issue) => String(issue.path[0])))].join(', ');
      throw invalidToken(`missing or malformed claims: ${names}`, parsed.error);
    }
    const { exp, sub, email, locale, scope } = parsed.data;
    return {
      id: sub,
      email,
      locale,
      scopes: scope,
      endsAt: new Date(exp * 1000),
      acceptedUntil: new Date((exp + CLOCK_TOLERANCE_S) * 1000),
    };
  }

  private async payloadOf(token: string): Promise<unknown> {
    try {
      const { payload } = await jwtVerify(token, this.keys, {
        issuer: this.accepts.issuer,
        audience: [...this.accepts.audience],
        algorithms: ALGORITHMS,
        clockTolerance: CLOCK_TOLERANCE_S,
        requiredClaims: ['exp', 'sub'],
      });
      return payload;
    } catch (error) {
      throw isTokensFault(error)
        ? invalidToken(messageOf(error), error)
        : new ProblemError('AUTH-UNAVAILABLE', 'the keys of the issuer cannot be fetched', { cause: error });
    }
  }
}

/** jose throws its bare JOSEError (not a subclass) and fetch's TypeError when the key set itself cannot be had. */
function isTokensFault(error: unknown): boolean {
  return (
    error instanceof errors.JOSEError &&
    error.constructor !== errors.JOSEError &&
    !(error instanceof errors.JWKSTimeout) &&
    !(error instanceof errors.JWKSInvalid)
  );
}
