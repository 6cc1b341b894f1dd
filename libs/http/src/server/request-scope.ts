import { AsyncLocalStorage } from 'node:async_hooks';
import type { InvalidPart } from '../problems/problem-error.js';

/** What one request gathers while Nest handles it. */
export interface RequestScope {
  readonly invalid: InvalidPart[];
}

/** Entered per request by `requestContext`; empty outside of one. */
export const requestScope = new AsyncLocalStorage<RequestScope>();
