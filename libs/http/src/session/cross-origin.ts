import type { FastifyRequest } from 'fastify';
import { ProblemError } from '../problems/problem-error.js';

/** RFC 9110, 9.2.1: nothing changes by them. */
const SAFE: readonly string[] = ['GET', 'HEAD', 'OPTIONS'];

/**
 * Refuses requests from pages of others. A browser sends the session's cookie along whoever wrote the page, as long as it is of
 * the same site. So a request that changes something must come from a page of ours: by Sec-Fetch-Site, which pages cannot
 * forge, or by Origin where the browser is too old for it. A program that is not a browser sends neither. Throws
 * AUTH-CROSS-ORIGIN.
 */
export function refuseCrossOrigin(request: FastifyRequest): void {
  if (SAFE.includes(request.method)) return;
  const { 'sec-fetch-site': site, origin } = request.headers;
  const ours =
    site === undefined
      ? origin === undefined || origin === `${request.protocol}://${request.host}`
      : site === 'same-origin' || site === 'none';
  if (!ours) throw new ProblemError('AUTH-CROSS-ORIGIN', 'a page of another origin cannot use a session');
}
