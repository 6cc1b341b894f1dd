import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * parked_messages.record_time: the record's own time, which counts where a message says none (`ce_time` is optional). Null
 * where that is none, or the release before parked it: the time of parking stands for it then.
 */
export class KeepRecordTime1764500000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE messaging.parked_messages ADD record_time timestamptz');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE messaging.parked_messages DROP record_time');
  }
}
