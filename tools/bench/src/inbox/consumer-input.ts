import type { TopicDeclaration } from '@dozen/kernel';

/** What a consumer of this benchmark is told; the same for the inbox and its yardsticks. */
export interface ConsumerInput {
  readonly kind: 'ours' | 'ours-set-based' | 'per-message' | 'stock' | 'stock-update';
  readonly databaseUrl: string;
  readonly kafkaUrl: string;
  readonly topic: TopicDeclaration;
  /** Partitions handled at a time; ours handle all. */
  readonly concurrency?: number;
}
