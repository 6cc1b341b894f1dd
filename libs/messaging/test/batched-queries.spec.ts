import { batched } from '@dozen/database';
import { newId } from '@dozen/kernel';
import type { MessageHandler } from '../src/index.js';
import { consumerOn, type Note, Noted, parkingRig, recordOf } from './support/parking-rig.js';

let rig: Awaited<ReturnType<typeof parkingRig>>;

beforeAll(async () => {
  rig = await parkingRig();
});

afterAll(() => rig.close());

describe('a message that failed', () => {
  it('alone is parked, of several whose statements were batched into one', async () => {
    const consumer = `batched-${newId()}`;
    const note = batched(async (manager, notes: readonly Note[]) => {
      const columns = [notes.map(({ key }) => key), notes.map(({ n }) => n), consumer];
      await manager.query(
        'INSERT INTO effects (key, n, consumer) SELECT key, n, $3 FROM unnest($1::text[], $2::int[]) AS note (key, n)',
        columns,
      );
      return [];
    });
    const handler: MessageHandler<Note> = {
      contract: Noted,
      async handle(payload, unit) {
        await note(unit.manager, payload);
      },
    };
    const c = consumerOn({ consumer, dataSource: rig.dataSource, handlers: [handler] });
    const keys = [newId(), newId(), newId()];
    const tooLarge = 3_000_000_000;
    await c.processor.process(keys.map((key, n) => recordOf(Noted, { key, n: n === 1 ? tooLarge : n })));
    expect(await rig.parked(consumer)).toMatchObject([{ blockedKey: keys[1], attempts: 1 }]);
    expect(await rig.effects(consumer)).toEqual([
      { key: keys[0], n: 0 },
      { key: keys[2], n: 2 },
    ]);
  });
});
