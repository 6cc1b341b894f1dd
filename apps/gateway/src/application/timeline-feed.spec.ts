import { setTimeout as sleep } from 'node:timers/promises';
import type { ChangeNotifications, NotificationListener } from '@dozen/database';
import { newId } from '@dozen/kernel';
import { Lifecycle } from '@dozen/shutdown';
import { createLogger } from '@dozen/telemetry';
import { eventually } from '@dozen/testing';
import type { Orders, Place, PlacedEntry } from './ports.js';
import { type Reader, TimelineFeed } from './timeline-feed.js';

/** Longer than two looks. */
const LOOKS_MS = 500;

const logger = createLogger({ service: 'test', release: 'test', level: 'silent' });

/** Timelines in memory; notes what is asked of them. */
class Timelines {
  readonly queries: (readonly Place[])[] = [];
  readonly #entries: PlacedEntry[] = [];
  failing = false;

  append(orderId: string, ...positions: number[]): void {
    for (const position of positions) {
      this.#entries.push({
        orderId,
        position,
        messageId: newId(),
        type: 'dozen.CancellationRequested.v1',
        topic: 'gateway',
        source: '/dozen/gateway',
        time: new Date(),
        data: { kind: 'CancellationRequested' },
        fixed: false,
      });
    }
  }

  newEntries(places: readonly Place[], limit: number): Promise<PlacedEntry[]> {
    this.queries.push(places);
    if (this.failing) return Promise.reject(new Error('the database is away'));
    const found = places.flatMap(({ orderId, after }) =>
      this.#entries.filter((entry) => entry.orderId === orderId && entry.position > after),
    );
    return Promise.resolve(found.slice(0, limit));
  }
}

class Client implements Reader {
  readonly positions: number[] = [];
  wants = true;
  ended = false;

  constructor(
    readonly orderId: string,
    public after = 0,
  ) {}

  tell(entries: readonly { readonly position: number }[]): void {
    this.positions.push(...entries.map(({ position }) => position));
  }

  end(): void {
    this.ended = true;
  }
}

let leaves: (() => void)[] = [];

afterEach(() => {
  for (const leave of leaves) leave();
  leaves = [];
});

function feedOf(timelines: Timelines) {
  const lifecycle = new Lifecycle({ deadlineMs: 1_000, logger, exit: () => undefined });
  const announced: string[] = [];
  let other: NotificationListener | undefined;
  const notifications = {
    announce: (channel: string) => void announced.push(channel),
    listen: (_channel: string, listener: NotificationListener) => (other = listener),
  } as unknown as ChangeNotifications;
  const feed = new TimelineFeed(timelines as unknown as Orders, lifecycle, notifications, logger);
  return {
    lifecycle,
    announced,
    written: () => feed.written(),
    /** Another process has announced that it has written an entry. */
    writtenElsewhere: () => other?.onNotification(''),
    add: (...clients: Client[]) => void leaves.push(...clients.map((client) => feed.add(client))),
  };
}

/** One order's timeline, and a client that reads it. */
function watched() {
  const timelines = new Timelines();
  const id = newId();
  const feed = feedOf(timelines);
  const client = new Client(id);
  feed.add(client);
  return { timelines, id, feed, client };
}

describe('the feed of timelines', () => {
  it('asks one question per look for all of its readers, with each order once, and none without readers', async () => {
    const timelines = new Timelines();
    const feed = feedOf(timelines);
    await sleep(LOOKS_MS);
    expect(timelines.queries).toEqual([]);
    const orders = [newId(), newId(), newId()];
    const clients = Array.from({ length: 300 }, (_, n) => new Client(orders[n % 3] ?? ''));
    feed.add(...clients);
    for (const id of orders) timelines.append(id, 1, 2);
    feed.written();
    await sleep(LOOKS_MS);
    // The first reader is answered at once, and the others together.
    expect(timelines.queries.length).toBeGreaterThan(1);
    expect(timelines.queries.length).toBeLessThanOrEqual(3);
    for (const places of timelines.queries.slice(1)) expect(places.map(({ orderId }) => orderId)).toEqual(orders);
    for (const { positions } of clients) expect(positions).toEqual([1, 2]);
    for (const leave of leaves) leave();
    await sleep(LOOKS_MS);
    const asked = timelines.queries.length;
    await sleep(LOOKS_MS);
    expect(timelines.queries).toHaveLength(asked);
  });

  it('looks at once when an entry is announced, and no more often than its pace when many are', async () => {
    const { timelines, id, feed, client } = watched();
    await sleep(100);
    timelines.append(id, 1);
    feed.written();
    await sleep(50);
    expect(client.positions).toEqual([1]);
    expect(feed.announced).toHaveLength(1);
    timelines.append(id, 2);
    feed.writtenElsewhere();
    await sleep(50);
    expect(client.positions).toEqual([1, 2]);
    const asked = timelines.queries.length;
    const began = performance.now();
    while (performance.now() - began < 300) {
      feed.written();
      await sleep(1);
    }
    expect(timelines.queries.length - asked).toBeLessThanOrEqual((performance.now() - began) / 15 + 2);
  });

  it('tells readers of one order who are at different places what each of them lacks', async () => {
    const timelines = new Timelines();
    const id = newId();
    timelines.append(id, 1, 2, 3);
    const feed = feedOf(timelines);
    const [fresh, back, idle] = [new Client(id), new Client(id, 2), new Client(id, 3)];
    feed.add(fresh, back, idle);
    const told = () => [fresh, back, idle].map(({ positions }) => positions);
    await eventually(() => expect(told()).toEqual([[1, 2, 3], [3], []]));
    timelines.append(id, 4);
    feed.written();
    await eventually(() => expect(told()).toEqual([[1, 2, 3, 4], [3, 4], [4]]));
  });

  it('leaves out whoever cannot take more, and they miss nothing', async () => {
    const timelines = new Timelines();
    const id = newId();
    const feed = feedOf(timelines);
    const [quick, slow] = [new Client(id), new Client(id)];
    feed.add(quick, slow);
    slow.wants = false;
    timelines.append(id, 1, 2);
    feed.written();
    await eventually(() => expect(quick.positions).toEqual([1, 2]));
    await sleep(LOOKS_MS);
    expect(slow.positions).toEqual([]);
    slow.wants = true;
    timelines.append(id, 3);
    await eventually(() => {
      expect(quick.positions).toEqual([1, 2, 3]);
      expect(slow.positions).toEqual([1, 2, 3]);
    });
  });

  it('finds what was written though nobody announced it', async () => {
    const { timelines, id, client } = watched();
    await sleep(100);
    timelines.append(id, 1);
    await eventually(() => {
      expect(client.positions).toEqual([1]);
    });
  });

  it('goes on when the database was away', async () => {
    const timelines = new Timelines();
    const id = newId();
    timelines.append(id, 1);
    timelines.failing = true;
    const feed = feedOf(timelines);
    const client = new Client(id);
    feed.add(client);
    await sleep(LOOKS_MS);
    timelines.failing = false;
    await eventually(() => expect(client.positions).toEqual([1]));
  });

  it('ends every reader when the process drains, also those who come later', async () => {
    const feed = feedOf(new Timelines());
    const [early, late] = [new Client(newId()), new Client(newId())];
    feed.add(early);
    const drained = feed.lifecycle.drain('test');
    expect(early.ended).toBe(true);
    feed.add(late);
    expect(late.ended).toBe(true);
    await drained;
  });
});
