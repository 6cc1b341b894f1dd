import type { TopicDeclaration } from '@dozen/kernel';
import { HandlerCollector } from '@dozen/messaging';
import type { INestApplication } from '@nestjs/common';
import { serviceError } from '../errors.js';

/**
 * Compares the topics that the service declares with those that its `@Handles` methods read: lag, `offsets` and `migrate` go by
 * the first, the consumer by the second. Every process checks it, whatever its types. @throws SERVICE-CONSUMES
 */
export function checkConsumes(app: INestApplication, declared: readonly TopicDeclaration[]): void {
  const collector = new HandlerCollector();
  app.connectMicroservice({ strategy: collector });
  collector.listen(() => undefined);
  compareTopics(
    declared.map(({ name }) => name),
    collector.handlers.topics,
  );
}

/** @throws SERVICE-CONSUMES */
export function compareTopics(declared: readonly string[], handled: readonly string[]): void {
  const missing = handled.filter((name) => !declared.includes(name));
  const idle = declared.filter((name) => !handled.includes(name));
  const faults = [
    ...(missing.length > 0 ? [`add to defineService({ consumes }): ${missing.join(', ')}`] : []),
    ...(idle.length > 0 ? [`no @Handles method reads: ${idle.join(', ')}`] : []),
  ];
  if (faults.length > 0) throw serviceError('SERVICE-CONSUMES', faults.join('; '));
}
