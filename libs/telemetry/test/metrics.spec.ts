import { collectMeters } from '@dozen/testing';
import {
  defineMetrics,
  errorType,
  metersOn,
  metricAttributes,
  type Observe,
  observeGauges,
  OTHER,
  recorder,
  timer,
} from '../src/index.js';

const metrics = defineMetrics({
  done: { name: 'test.done', kind: 'counter', unit: '{thing}', description: 'x', attributes: ['dozen.outcome'] },
  took: {
    name: 'test.took',
    kind: 'histogram',
    unit: 's',
    description: 'x',
    attributes: ['dozen.queue', 'error.type'],
    buckets: [1],
  },
  there: { name: 'test.there', kind: 'gauge', unit: '{thing}', description: 'x', attributes: [] },
});

describe('metrics that nobody collects', () => {
  it('do nothing, and ask nobody for a gauge', () => {
    let asked = 0;
    recorder(metrics.done).record(1, {});
    const stop = observeGauges({ gauges: [metrics.there], look: () => void (asked += 1), onError: () => undefined });
    stop();
    expect({ on: metersOn(), asked }).toEqual({ on: false, asked: 0 });
  });
});

describe('metrics that are collected', () => {
  let meters: ReturnType<typeof collectMeters>;
  beforeEach(() => {
    meters = collectMeters();
  });
  afterEach(() => meters.stop());

  it('are added up by their attributes, whoever records them', async () => {
    recorder(metrics.done).record(2, { 'dozen.outcome': 'handled' });
    recorder(metrics.done).record(3, { 'dozen.outcome': 'handled' });
    recorder(metrics.done).record(1, { 'dozen.outcome': 'parked' });
    const of = { name: 'test.done', unit: '{thing}' };
    expect(await meters.collect()).toEqual([
      { ...of, attributes: { 'dozen.outcome': 'handled' }, value: 5 },
      { ...of, attributes: { 'dozen.outcome': 'parked' }, value: 1 },
    ]);
  });

  it('take time as it passes, and say what kind of error it ended in', async () => {
    const took = timer(metrics.took);
    await expect(took.time({ 'dozen.queue': 'a' }, () => Promise.resolve('done'))).resolves.toBe('done');
    const error = Object.assign(new Error('order 4711 of ada@example.com'), { code: 'ECONNREFUSED' });
    await expect(took.time({ 'dozen.queue': 'a' }, () => Promise.reject(error))).rejects.toBe(error);
    expect((await meters.collect()).map(({ attributes }) => attributes)).toEqual([
      { 'dozen.queue': 'a' },
      { 'dozen.queue': 'a', 'error.type': 'ECONNREFUSED' },
    ]);
  });

  it('are asked for once per export, until their owner ends it', async () => {
    let asked = 0;
    const look = (observe: Observe): void => observe(metrics.there, (asked += 1), {});
    const stop = observeGauges({ gauges: [metrics.there], look, onError: () => undefined });
    expect(await meters.collect()).toMatchObject([{ name: 'test.there', value: 1 }]);
    expect(await meters.collect()).toMatchObject([{ name: 'test.there', value: 2 }]);
    stop();
    await meters.collect();
    expect(asked).toBe(2);
  });

  it('tell when the source of a gauge fails', async () => {
    const errors: unknown[] = [];
    const failure = new Error('the database is away');
    const stop = observeGauges({
      gauges: [metrics.there],
      look: () => Promise.reject(failure),
      onError: (error) => errors.push(error),
    });
    expect(await meters.collect()).toEqual([]);
    expect(errors).toEqual([failure]);
    stop();
  });
});

describe('attributes', () => {
  it.each([
    [Object.assign(new Error('x'), { code: '40001' }), '40001'],
    [Object.assign(new Error('x'), { code: 'ORD-DUPLICATE' }), 'ORD-DUPLICATE'],
    [Object.assign(new Error('x'), { code: 'order 4711' }), OTHER],
    [Object.assign(new Error('x'), { code: 42 }), OTHER],
    [new Error('x'), OTHER],
    ['x', OTHER],
    [undefined, OTHER],
  ])('have a bounded word for %p', (error, expected) => {
    expect(errorType(error)).toBe(expected);
  });

  it('compile only where the catalogue has them', () => {
    const put = { order_id: '4711', 'dozen.outcome': 'handled' };
    // @ts-expect-error: not in the row of this metric
    recorder(metrics.done).record(1, put);
    // @ts-expect-error: not in the row of this metric
    void timer(metrics.took).time({ 'dozen.outcome': 'handled' }, () => Promise.resolve());
    observeGauges({
      gauges: [metrics.there],
      // @ts-expect-error: not in the row of this metric
      look: (observe) => observe(metrics.there, 1, put),
      onError: () => undefined,
    })();
    expect(metersOn()).toBe(false);
  });

  it('are none that names one order, message, customer or request', () => {
    const naming = /(^|[._])(id|key|uuid|offset|customer|user|email|url|path|query|trace|span)$/;
    const names = Object.keys(metricAttributes).filter((name) => name !== 'messaging.destination.partition.id');
    expect(names.filter((name) => naming.test(name))).toEqual([]);
  });
});
