import { isUuidV7, type MessageContext } from '@dozen/kernel';
import { newTrace, runWithTrace } from '@dozen/telemetry';
import fc from 'fast-check';
import { DataSource } from 'typeorm';
import { Noted } from '../../test/support/noted.js';
import { UnitOfWork } from './unit-of-work.js';

const origin = newTrace();
const message: MessageContext = {
  id: '019a0000-0000-7000-8000-000000000001',
  type: 'test.Asked.v1',
  source: '/test',
  subject: 'a',
  time: new Date(),
  topic: 'test',
  partition: 0,
  offset: '0',
  traceparent: origin.traceparent,
  correlationId: 'correlation',
  causationId: 'what caused the message',
};

/** What a function throws; fails when it does not. */
function thrownBy(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  throw new Error('expected it to throw');
}

/** Never used for a statement here: a DataSource that is not connected has one. */
const { manager } = new DataSource({ type: 'postgres' });

function newUnit(handled?: MessageContext, signal = new AbortController().signal): UnitOfWork {
  return new UnitOfWork({ manager, message: handled, signal });
}

describe('publishing', () => {
  it('refuses a version that is only announced: the last release would not read it', () => {
    const unit = newUnit();
    const next = { ...Noted, version: 2, type: 'test.Noted.v2', announced: true };
    expect(thrownBy(() => unit.publish(next, { key: 'a', n: 1 }))).toMatchObject({ code: 'MSG-ANNOUNCED' });
    expect(unit.drain()).toEqual([]);
  });

  it('keeps the order of the calls and gives each message an id of its own', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ key: fc.string({ minLength: 1 }), n: fc.integer() })), (payloads) => {
        const unit = newUnit();
        for (const payload of payloads) unit.publish(Noted, payload);
        const messages = unit.drain();
        expect(messages.map(({ payload }) => payload)).toEqual(payloads);
        expect(messages.map(({ subject }) => subject)).toEqual(payloads.map(({ key }) => key));
        expect(new Set(messages.map(({ id }) => id)).size).toBe(payloads.length);
        expect(messages.every(({ id }) => isUuidV7(id))).toBe(true);
      }),
    );
  });

  it('throws at once with every mistake, and buffers nothing', () => {
    const unit = newUnit();
    const wrong = { key: '', n: 1.5 };
    expect(thrownBy(() => unit.publish(Noted, wrong))).toMatchObject({
      code: 'MSG-SCHEMA',
      details: {
        issues: [
          { path: 'key', message: expect.any(String) },
          { path: 'n', message: expect.any(String) },
        ],
      },
    });
    expect(unit.drain()).toEqual([]);
  });

  it('drops what the contract does not know', () => {
    const unit = newUnit();
    unit.publish(Noted, { key: 'a', n: 1, secret: 'x' } as { key: string; n: number });
    expect(unit.drain()[0]?.payload).toEqual({ key: 'a', n: 1 });
  });

  it('refuses a contract whose schema is asynchronous', () => {
    const validate = () => Promise.resolve({ value: { key: 'a', n: 1 } });
    const contract = { ...Noted, schema: { '~standard': { version: 1 as const, vendor: 'test', validate } } };
    expect(thrownBy(() => newUnit().publish(contract, { key: 'a', n: 1 }))).toMatchObject({ code: 'MSG-SCHEMA-ASYNC' });
  });
});

describe('the trace of a message', () => {
  const published = (unit: UnitOfWork) => {
    unit.publish(Noted, { key: 'a', n: 1 });
    const [first] = unit.drain();
    return { correlationId: first?.correlationId, causationId: first?.causationId, traceparent: first?.traceparent };
  };

  it('is the current one for a unit that handles no message', () => {
    expect(runWithTrace(origin, () => published(newUnit()))).toEqual({ ...origin, causationId: undefined });
  });

  it('is caused by the message that the unit handles, whatever the scope says', () => {
    const foreign = newTrace();
    expect(runWithTrace(foreign, () => published(newUnit(message)))).toEqual({
      traceparent: origin.traceparent,
      correlationId: 'correlation',
      causationId: message.id,
    });
  });

  it('names the span at hand when that belongs to the trace of the message', () => {
    const span = origin.traceparent.replace(/-[0-9a-f]{16}-/, '-00000000000000ab-');
    const trace = { traceparent: span, correlationId: 'other' };
    expect(runWithTrace(trace, () => published(newUnit(message))).traceparent).toBe(span);
  });

  it('is new where there is none, and the same for the whole unit', () => {
    const unit = newUnit();
    unit.publish(Noted, { key: 'a', n: 1 });
    unit.publish(Noted, { key: 'a', n: 2 });
    const [first, second] = unit.drain();
    expect(first?.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/);
    expect(second?.traceparent).toBe(first?.traceparent);
    expect(second?.correlationId).toBe(first?.correlationId);
    expect(newUnit().trace.traceparent).not.toBe(first?.traceparent);
  });
});

describe('a closed unit', () => {
  it('refuses everything, and names the reason it was closed for', () => {
    const controller = new AbortController();
    const unit = newUnit(undefined, controller.signal);
    const reason = new Error('deadline');
    controller.abort(reason);
    const closed = { code: 'UOW-CLOSED', cause: reason };
    expect(thrownBy(() => unit.manager)).toMatchObject(closed);
    expect(thrownBy(() => unit.publish(Noted, { key: 'a', n: 1 }))).toMatchObject(closed);
    expect(thrownBy(() => unit.afterCommit(() => undefined))).toMatchObject(closed);
  });

  it('hands over its messages once', () => {
    const unit = newUnit();
    unit.publish(Noted, { key: 'a', n: 1 });
    expect([unit.drain().length, unit.drain().length]).toEqual([1, 0]);
    expect(thrownBy(() => unit.publish(Noted, { key: 'a', n: 1 }))).toMatchObject({ code: 'UOW-CLOSED' });
  });
});
