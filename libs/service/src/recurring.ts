import type { ProcessType } from '@dozen/config';
import { Injectable } from '@nestjs/common';

/** Work that is repeated for as long as the process runs. Any number of processes may do it at once. */
export interface RecurringTask {
  /** For the log and the drain. */
  readonly title: string;
  /** Pause between the end of one run and the begin of the next, in ms. */
  readonly everyMs: number;
  /** One that fails is logged and tried again at the next turn. */
  runOnce(): Promise<void>;
}

export const RECURRING_METADATA = 'dozen:recurring';

/** Marks a provider that implements `RecurringTask`: processes of this type run it, once the schema is there. */
export function Recurring(type: ProcessType): ClassDecorator {
  return (target) => {
    Reflect.defineMetadata(RECURRING_METADATA, type, target);
    Injectable()(target);
  };
}
