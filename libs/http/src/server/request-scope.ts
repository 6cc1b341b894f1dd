import { AsyncLocalStorage } from 'node:async_hooks';
import type { Findings } from '../validation/invalid-parts.js';

/** What one request gathers while Nest handles it. */
export interface RequestScope {
  readonly invalid: Findings;
}

/** Entered per request by `requestContext`; empty outside of one. */
export const requestScope = new AsyncLocalStorage<RequestScope>();
