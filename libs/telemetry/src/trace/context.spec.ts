import { setTimeout as sleep } from 'node:timers/promises';
import { childTrace, currentTrace, newTrace, parseTraceparent, runWithTrace } from '../index.js';

describe('the trace context', () => {
  it('is there within the scope, after awaits too, and nowhere else', async () => {
    const trace = newTrace();
    expect(currentTrace()).toBeUndefined();
    const seen = await runWithTrace(trace, async () => {
      await sleep(1);
      return currentTrace();
    });
    expect(seen).toBe(trace);
    expect(currentTrace()).toBeUndefined();
  });

  it('does not mix concurrent scopes', async () => {
    const traces = Array.from({ length: 20 }, newTrace);
    const seen = traces.map((trace, index) =>
      runWithTrace(trace, async () => {
        await sleep(20 - index);
        return currentTrace();
      }),
    );
    expect(await Promise.all(seen)).toEqual(traces);
  });

  it('gives a child the trace, correlation and causation of its parent and a span of its own', () => {
    const parent = { ...newTrace(), causationId: 'm1' };
    const child = runWithTrace(parent, () => childTrace());
    expect(child).toMatchObject({ correlationId: parent.correlationId, causationId: 'm1' });
    const [a, b] = [parseTraceparent(parent.traceparent), parseTraceparent(child.traceparent)];
    expect(b?.traceId).toBe(a?.traceId);
    expect(b?.spanId).not.toBe(a?.spanId);
  });

  it('begins a new trace where there is none', () => {
    expect(childTrace().correlationId).not.toBe(childTrace().correlationId);
  });
});
