export type { Answer } from './admin/answer.js';
export { noteOptions } from './admin/note-options.js';
export {
  type AdminCommand,
  type AdminContext,
  defineCommand,
  defineService,
  type ServiceConfig,
  type ServiceDefinition,
  type ServiceOptions,
} from './define-service.js';
export type { ServiceErrorCode } from './errors.js';
export { JobWorker } from './job-worker.js';
export { Recurring, type RecurringTask } from './recurring.js';
export { startService, type RunningService, type StartOptions } from './run/start-service.js';
export { runService } from './run-service.js';
export { CLOCK, CONFIG, LOGGER } from './tokens.js';
