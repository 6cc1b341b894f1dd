/** Whom a token is for. */
export interface TokenRequest {
  readonly sub: string;
  readonly email: string;
  /** BCP 47; default en. */
  readonly locale: string;
  /** Space-separated. Default: none. */
  readonly scope: string;
}

/** @returns the request, or a sentence for each mistake. */
export function readTokenRequest(body: unknown): TokenRequest | { readonly mistakes: readonly string[] } {
  if (typeof body !== 'object' || body === null) return { mistakes: ['the body must be a JSON object'] };
  const { sub, email, locale = 'en', scope = '' } = body as Record<string, unknown>;
  const mistakes: string[] = [];
  if (!isText(sub)) mistakes.push('sub must be text');
  if (!isText(email) || !email.includes('@')) mistakes.push('email must be an address');
  if (!isText(locale)) mistakes.push('locale must be a BCP 47 tag');
  if (typeof scope !== 'string') mistakes.push('scope must be text, space-separated');
  if (isText(sub) && isText(email) && isText(locale) && typeof scope === 'string' && mistakes.length === 0) {
    return { sub, email, locale, scope };
  }
  return { mistakes };
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= 320;
}
