import type { JobHandler, JobQueue } from '@dozen/database';
import type { INestApplicationContext } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { serviceError } from '../errors.js';
import { JOB_WORKER_METADATA } from '../job-worker.js';

/** Every provider marked `@JobWorker()`. @throws SERVICE-JOB-UNDECLARED */
export function jobHandlers(app: INestApplicationContext, declared: readonly JobQueue[]): JobHandler[] {
  const handlers = app
    .get(DiscoveryService)
    .getProviders()
    .filter(({ metatype }) => typeof metatype === 'function' && Reflect.hasMetadata(JOB_WORKER_METADATA, metatype))
    .map(({ instance }): unknown => instance)
    .filter(isJobHandler);
  const names = new Set(declared.map(({ name }) => name));
  const undeclared = handlers.map(({ queue }) => queue.name).filter((name) => !names.has(name));
  if (undeclared.length > 0) {
    throw serviceError('SERVICE-JOB-UNDECLARED', `add to defineService({ jobs }): ${undeclared.join(', ')}`);
  }
  return handlers;
}

function isJobHandler(instance: unknown): instance is JobHandler {
  return typeof instance === 'object' && instance !== null && 'queue' in instance && 'perform' in instance;
}
