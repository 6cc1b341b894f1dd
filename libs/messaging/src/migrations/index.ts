import { AddRetries1764100000000 } from './add-retries.js';
import { CreateMessaging1763900000000 } from './create-messaging.js';

/** Put these before a service's own migrations. */
export const messagingMigrations = [CreateMessaging1763900000000, AddRetries1764100000000];
