import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { EntryData } from '../../../domain/entry-data.js';

/** One thing that happened to an order. Never changed, never deleted. */
@Entity({ name: 'timeline' })
export class TimelineEntryEntity {
  @PrimaryColumn({ name: 'order_id', type: 'uuid' })
  orderId!: string;

  @PrimaryColumn({ type: 'integer' })
  position!: number;

  @Column({ name: 'message_id', type: 'uuid', unique: true })
  messageId!: string;

  @Column({ type: 'text' })
  type!: string;

  @Column({ type: 'text' })
  topic!: string;

  @Column({ type: 'text' })
  source!: string;

  @Column({ type: 'timestamptz', precision: 3 })
  time!: Date;

  /** Null for a customer's request: it comes before orders has given the order a version. */
  @Column({ name: 'aggregate_version', type: 'integer', nullable: true })
  aggregateVersion!: number | null;

  @Column({ type: 'jsonb' })
  data!: EntryData;

  @Column({ type: 'boolean' })
  fixed!: boolean;
}
