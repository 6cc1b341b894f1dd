import { DozenError } from '@dozen/kernel';

/** Codes of libs/service and what they mean to an operator or developer. */
export const serviceErrors = {
  'SERVICE-CONSUMES':
    'the topics that defineService lists as consumed are not those of the @Handles methods: lag, offsets and migrate would miss one, or wait for one that nobody reads',
  'SERVICE-JOB-UNDECLARED':
    'a @JobWorker serves a queue that defineService does not list, so migrate would not create it',
  'SERVICE-NO-ANSWER': 'a backing service did not answer an admin process in time',
  'SERVICE-NO-FIX': 'only messages can be fixed: a refused message or a job is replayed or discarded',
  'SERVICE-OFFSET': 'the service does not read this partition, or its log does not hold this offset',
  'SERVICE-NOT-READY': 'the service did not get ready in time',
} as const;

export function serviceError(code: keyof typeof serviceErrors, message: string, cause?: unknown): DozenError {
  return new DozenError(code, message, cause === undefined ? {} : { cause });
}
