import { IdempotencyKeys1767225600000 } from './create-idempotency-keys.js';
import { CreateIdempotentRequests1767225600001 } from './create-idempotent-requests.js';

/** The tables of `IdempotencyKeys`. A service that uses it puts these among its own. */
export const idempotencyMigrations = [IdempotencyKeys1767225600000, CreateIdempotentRequests1767225600001];
