import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { newId, uuidV7LowerBound } from '@dozen/kernel';
import { eventually } from '@dozen/testing';
import type { Message } from 'kafkajs';
import { repository, type Running } from '../running.js';
import { message, sendCommands } from '../support/commands.js';

const execute = promisify(execFile);

/** Producers that are no part of Dozen: a polite one, and hostile ones. */
export function outsiders(running: () => Running): void {
  const example = join(repository, 'examples', 'external-producer', 'place-order.mjs');

  it('the example of an external producer places an order that is confirmed', async () => {
    const { stdout } = await execute(process.execPath, [example, running().kafkaUrl]);
    const orderId = stdout.trim();
    const shop = await running().shop('outside-shop');
    await eventually(async () => {
      expect(await shop.view(orderId)).toMatchObject({ status: 'confirmed' });
    });
  });

  it('its malformed order is a dead letter with the reason, listed by the admin process', async () => {
    const { stdout } = await execute(process.execPath, [example, running().kafkaUrl, '--broken']);
    const letter = await eventually(async () => {
      const found = (await running().deadLetters('orders')).find(({ reason }) => reason.includes('quantity'));
      expect(found).toBeDefined();
      return found;
    });
    expect(letter).toMatchObject({ code: 'MSG-SCHEMA', topic: 'orders.commands' });
    expect(stdout.trim()).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('a fix and a replay by an operator turn a malformed order into a confirmed one, which says so', async () => {
    const { stdout } = await execute(process.execPath, [example, running().kafkaUrl, '--broken']);
    const orderId = stdout.trim();
    const shown = (id: string) => running().admin<{ payload: string }>('orders', ['dead-letters', 'show', id]);
    const { id, payload } = await eventually(async () => {
      for (const letter of await running().deadLetters('orders')) {
        const found = await shown(letter.id);
        if (found.payload.includes(orderId)) return { id: letter.id, payload: found.payload };
      }
      throw new Error(`no dead letter of ${orderId} yet`);
    });
    const command = JSON.parse(payload) as { items: object[] };
    const fixed = { ...command, items: command.items.map((item) => ({ ...item, quantity: 2 })) };
    const note = ['--by', 'ada', '--why', 'the producer spelt a number'];
    await running().admin('orders', ['dead-letters', 'fix', id, ...note], JSON.stringify(fixed));
    expect(await running().admin('orders', ['dead-letters', 'replay', id])).toEqual({ id, outcome: 'handled' });

    const shop = await running().shop('outside-shop');
    await eventually(async () => {
      expect(await shop.view(orderId)).toMatchObject({ status: 'confirmed' });
    });
    expect((await shop.timeline(orderId)).filter(({ fixed: is }) => is)).toMatchObject([
      { type: 'dozen.OrderPlaced.v1' },
    ]);
  });

  describe('hostile records', () => {
    const send = (messages: Message[]) => sendCommands(running().kafkaUrl, messages);

    it('are dead letters each, with the reason, and the next order is confirmed', async () => {
      const before = (await running().deadLetters('orders')).length;
      await send([
        message({ value: '{' }),
        message({ headers: { ce_type: 'dozen.StealOrder.v1' } }),
        { ...message(), headers: {} },
        message({ value: JSON.stringify({ orderId: 7 }) }),
        message({ key: null }),
        message({ headers: { ce_subject: newId() } }),
        message({ headers: { ce_id: randomUUID() } }),
        message({ headers: { ce_id: uuidV7LowerBound(Date.UTC(2090, 0)) } }),
      ]);
      const letters = await eventually(async () => {
        const found = (await running().deadLetters('orders')).slice(before);
        expect(found).toHaveLength(8);
        return found;
      });
      expect(letters.map(({ code }) => code).sort()).toEqual([
        'MSG-HEADERS',
        'MSG-ID',
        'MSG-ID',
        'MSG-JSON',
        'MSG-KEY',
        'MSG-KEY',
        'MSG-SCHEMA',
        'MSG-UNKNOWN-TYPE',
      ]);
      const shop = await running().shop('after-hostile');
      const id = await shop.place({ items: [{ sku: 'MUG-BLUE', quantity: 1 }], paymentToken: 'tok_ok' });
      await eventually(async () => {
        expect(await shop.view(id)).toMatchObject({ status: 'confirmed' });
      });
    });

    it('of 2 MiB are refused by the broker', async () => {
      await expect(send([message({ value: 'x'.repeat(2 * 1024 * 1024) })])).rejects.toMatchObject({
        type: 'MESSAGE_TOO_LARGE',
      });
    });
  });
}
