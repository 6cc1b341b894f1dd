import { Injectable } from '@nestjs/common';

export const JOB_WORKER_METADATA = 'dozen:job-worker';

/** Marks a provider that implements `JobHandler`: processes with `jobs` among their types let it serve its queue. */
export function JobWorker(): ClassDecorator {
  return (target) => {
    Reflect.defineMetadata(JOB_WORKER_METADATA, true, target);
    Injectable()(target);
  };
}
