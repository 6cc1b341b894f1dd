import { AddAttemptMember1764400000000 } from './add-attempt-member.js';
import { AddRetries1764100000000 } from './add-retries.js';
import { CreateMessaging1763900000000 } from './create-messaging.js';
import { IdentifyParked1764300000000 } from './identify-parked.js';
import { KeepRecordTime1764500000000 } from './keep-record-time.js';
import { TuneOutbox1763950000000 } from './tune-outbox.js';

/** Put these before a service's own migrations. */
export const messagingMigrations = [
  CreateMessaging1763900000000,
  TuneOutbox1763950000000,
  AddRetries1764100000000,
  IdentifyParked1764300000000,
  AddAttemptMember1764400000000,
  KeepRecordTime1764500000000,
];
