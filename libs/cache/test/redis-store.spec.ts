import { setTimeout as sleep } from 'node:timers/promises';
import { redisHere, startRedis, TcpProxy, type TestRedis } from '@dozen/testing';
import { cachePolicy } from '../src/index.js';
import { openStore } from '../src/open-store.js';
import { CACHE_TABLE, type Store } from '../src/store.js';

const LATE = 'no answer within a second';
/** Few, and yet more than the client's own greeting. */
const QUEUE = 10;

(redisHere ? describe : describe.skip)('a Redis', () => {
  let redis: TestRedis;
  let proxy: TcpProxy;
  let store: Store;

  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());

  beforeEach(async () => {
    proxy = await TcpProxy.start(() => Number(new URL(redis.url).port));
    const url = `redis://127.0.0.1:${proxy.port}`;
    const policy = { ...cachePolicy, redisQueue: QUEUE };
    store = await openStore({ url, service: 'test', table: CACHE_TABLE, policy, onError: () => undefined });
    await store.keyv.set('key', 'text');
  });
  afterEach(async () => {
    await store.close();
    await proxy.stop();
  });

  /** What becomes of a question within a second. */
  const asked = (): Promise<unknown> =>
    Promise.race([store.keyv.get('key').catch((error: unknown) => error), sleep(1_000, LATE)]);

  it('that is away refuses a question at once', async () => {
    proxy.refuse(true);
    const answers: unknown[] = [];
    for (let n = 0; n < 10; n += 1) {
      answers.push(await asked());
      await sleep(50);
    }
    expect(answers).not.toContain(LATE);
    expect(answers.at(-1)).toBeInstanceOf(Error);
  });

  it('that hangs has no more questions waiting than the policy allows', async () => {
    proxy.swallow(true);
    const answers = await Promise.all(Array.from({ length: QUEUE + 2 }, asked));
    expect(answers.filter((answer) => answer === LATE)).toHaveLength(QUEUE);
    expect(answers.filter((answer) => answer instanceof Error)).toHaveLength(2);
  });
});
