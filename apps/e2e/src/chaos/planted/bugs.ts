import type { ServiceName } from '@dozen/manifest';
import type { PlantedBug } from '../../planted/workspace-copy.js';
import type { FaultKind } from '../schedule.js';

/** One that only faults bring to light. */
export interface ChaosBug extends PlantedBug {
  /** Faults that open the window in which it shows. */
  readonly faults: readonly FaultKind[];
  /** Services to strike; all by default. */
  readonly services?: readonly ServiceName[];
}

const BATCH = 'libs/messaging/dist/inbox/handle/batch-processor.js';
const HANDLING = 'libs/messaging/dist/inbox/handle/handling.js';
const INBOX = 'libs/messaging/dist/inbox/handle/store.js';
const BATCH_WORKER = 'libs/messaging/dist/inbox/consume/batch-worker.js';
const STORE = 'libs/messaging/dist/outbox/store.js';
const RELAY_LOOP = 'libs/messaging/dist/outbox/loop.js';

export const PLANTED_BUGS: readonly ChaosBug[] = [
  {
    name: 'claim skipped',
    file: BATCH,
    edits: [
      { search: 'items.filter(({ id }) => id === undefined || claimed.has(id))', replace: '(void claimed, items)' },
    ],
    faults: ['kill', 'freeze', 'kafka-freeze', 'kafka-kill'],
  },
  {
    name: 'claim committed before the handler',
    file: BATCH,
    edits: [
      {
        search: 'store.claim(items.flatMap(({ id }) => id ?? []))',
        replace:
          'dataSource.transaction(async (early) => {\n' +
          '  await early.query("SET LOCAL dozen.in_transaction = \'on\'");\n' +
          '  return new InboxStore(early, consumer).claim(items.flatMap(({ id }) => id ?? []));\n' +
          '})',
      },
    ],
    faults: ['kill', 'postgres-cut', 'postgres-kill'],
  },
  {
    name: 'offset committed before the database',
    file: BATCH_WORKER,
    edits: [
      {
        search: 'await process(taken.flatMap(({ records }) => records));',
        replace:
          'for (const { waiting, records } of taken)\n' +
          '  waiting.replies.handled(waiting.batch, (BigInt(records.at(-1).offset) + 1n).toString());\n' +
          'await process(taken.flatMap(({ records }) => records));',
      },
    ],
    // Offsets are committed every 200 ms, so only a transaction that takes longer is overtaken by its own offset, and only a
    // process that dies in it loses messages.
    faults: ['kill', 'postgres-slow'],
  },
  {
    name: 'batch worker that forgets what waits behind a failed transaction',
    file: BATCH_WORKER,
    edits: [
      {
        search: 'const failed = taken.flatMap(({ name }) => this.#queues.get(name) ?? []);',
        replace: 'const failed = taken.map(({ waiting }) => waiting);',
      },
    ],
    faults: ['postgres-cut', 'postgres-kill', 'postgres-slow'],
  },
  {
    name: 'outbox written after the commit',
    file: HANDLING,
    edits: [
      {
        search: 'await tx.commit(outgoing.length > 0 ? outbox.statementOf(outgoing) : undefined);',
        replace:
          'await tx.commit();\n' +
          'const late = outgoing.length > 0 ? outbox.statementOf(outgoing) : undefined;\n' +
          'if (late !== undefined) await tx.manager.dataSource.manager.query(late.text, late.values);',
      },
    ],
    faults: ['kill', 'postgres-cut', 'postgres-slow', 'postgres-kill'],
  },
  {
    name: 'relay with a cursor',
    file: STORE,
    edits: [
      {
        search: 'return this.#dataSource.query(OUTBOX_READ, readParameters(reading));',
        replace:
          'this.cursors ??= [];\n' +
          'const lowWatermarks = reading.shards.map((shard) => (this.cursors[shard] ?? 0) + 1);\n' +
          'return this.#dataSource.query(OUTBOX_READ, readParameters({ ...reading, lowWatermarks })).then((rows) => {\n' +
          '  for (const { shard, seq } of rows) this.cursors[shard] = Math.max(this.cursors[shard] ?? 0, Number(seq));\n' +
          '  return rows;\n' +
          '});',
      },
    ],
    faults: ['kill', 'freeze', 'kafka-freeze', 'postgres-slow'],
  },
  {
    name: 'relay ordered by message id, clocks skewed',
    file: STORE,
    edits: [
      { search: 'ORDER BY o.seq LIMIT $3', replace: 'ORDER BY o.message_id LIMIT $3' },
      { search: 'SELECT o.shard, o.seq, o.topic,', replace: 'SELECT o.message_id, o.shard, o.seq, o.topic,' },
      { search: 'ORDER BY o.seq LIMIT $4', replace: 'ORDER BY o.message_id LIMIT $4' },
    ],
    faults: ['kafka-freeze', 'kafka-kill', 'roll'],
  },
  {
    name: 'parked keys read before the claims',
    file: BATCH,
    edits: [
      {
        search: 'const store = new InboxStore(manager, consumer);',
        replace:
          'const store = new InboxStore(manager, consumer);\n' +
          'const early = store.blockedKeys([...new Set(items.flatMap(({ orderKey }) => orderKey ?? []))]);',
      },
      {
        search: 'store.blockedKeys([...new Set(items.flatMap(({ orderKey }) => orderKey ?? []))]),',
        replace: 'early,',
      },
    ],
    // No process ends uncleanly in this run: after an unclean end messages are handled one by one, and the bug cannot show.
    faults: ['handover', 'kafka-cut', 'postgres-cut'],
  },
  {
    name: 'a parked key that does not block its successors',
    file: INBOX,
    edits: [{ search: 'return new Set(rows.map((row) => row.key));', replace: 'return new Set();' }],
    faults: ['poison-event', 'kill'],
  },
  {
    name: 'rejected producer reused',
    file: RELAY_LOOP,
    edits: [
      {
        search: 'const producer = this.#producer;\n        this.#producer = undefined;',
        replace: 'if (!this.#options.stopping.aborted) return;\n        const producer = this.#producer;',
      },
    ],
    faults: ['kafka-freeze', 'kafka-kill'],
  },
  {
    name: 'infrastructure errors counted as message failures',
    file: BATCH,
    edits: [{ search: 'if (infrastructure !== undefined)\n        throw infrastructure.error;', replace: '' }],
    faults: ['long-lock', 'postgres-cut'],
  },
];
