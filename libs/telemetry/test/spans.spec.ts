import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { collectSpans } from '@dozen/testing';
import {
  createLogger,
  currentTrace,
  formatTraceparent,
  inSpan,
  markSpan,
  newTrace,
  parseTraceparent,
  spans,
  type TraceContext,
  tracingOn,
} from '../src/index.js';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const CALLER: TraceContext = {
  traceparent: formatTraceparent({ traceId: TRACE, spanId: 'b7ad6b7169203331', sampled: true, random: false }),
  correlationId: 'c1',
  causationId: 'm1',
};
const start = { name: 'deliver mail', attributes: {} };
const idsOf = (trace: TraceContext | undefined) => parseTraceparent(trace?.traceparent ?? '');

describe('a span that nobody collects', () => {
  it('is an id all the same, of the trace that it belongs to', async () => {
    const seen = await inSpan(spans.mail, { ...start, parent: CALLER }, () => Promise.resolve(currentTrace()));
    expect(tracingOn()).toBe(false);
    expect(seen).toMatchObject({ correlationId: 'c1', causationId: 'm1' });
    expect(idsOf(seen)).toMatchObject({ traceId: TRACE, random: false });
    expect(idsOf(seen)?.spanId).not.toBe(idsOf(CALLER)?.spanId);
  });

  it('leaves what is carried on as it is when it is over at once', () => {
    expect(markSpan(spans.mail, { ...start, parent: CALLER })).toBe(CALLER);
  });
});

describe('a span that is collected', () => {
  let collected: ReturnType<typeof collectSpans>;
  beforeEach(() => {
    collected = collectSpans();
  });
  afterEach(() => collected.stop());

  it('is the child of its parent, and what log lines, messages and inner spans go by', async () => {
    const lines: string[] = [];
    const destination = { write: (line: string) => void lines.push(line) };
    const logger = createLogger({ service: 's', release: 'r', level: 'info', destination });
    const seen = await inSpan(spans.job, { ...start, name: 'perform q', parent: CALLER }, async () => {
      logger.info('at work');
      await inSpan(spans.mail, start, () => Promise.resolve());
      return currentTrace();
    });
    const [mail, job] = await collected.ended();
    const ids = job?.spanContext();
    expect(job).toMatchObject({ name: 'perform q', kind: SpanKind.CONSUMER });
    expect(job?.parentSpanContext).toMatchObject({ traceId: TRACE, spanId: idsOf(CALLER)?.spanId });
    expect(mail?.parentSpanContext?.spanId).toBe(ids?.spanId);
    expect(idsOf(seen)).toEqual({ traceId: TRACE, spanId: ids?.spanId, sampled: true, random: false });
    expect(seen).toMatchObject({ correlationId: 'c1', causationId: 'm1' });
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ trace_id: TRACE, span_id: ids?.spanId });
  });

  it('begins a trace of its own when told to, with links to what it has to do with', async () => {
    const links = [CALLER.traceparent, undefined, 'garbage'];
    await inSpan(spans.job, { ...start, parent: CALLER }, () =>
      inSpan(spans.send, { ...start, parent: null, links }, () => Promise.resolve()),
    );
    const [send] = await collected.ended();
    expect(send?.parentSpanContext).toBeUndefined();
    expect(send?.spanContext().traceId).not.toBe(TRACE);
    expect(send?.links.map(({ context }) => context.spanId)).toEqual([idsOf(CALLER)?.spanId]);
  });

  it('says the code of what was thrown and not a word of it, and throws it on', async () => {
    const error = Object.assign(new Error('order 4711 of ada@example.com'), { code: 'BIL-PROVIDER-TIMEOUT' });
    await expect(inSpan(spans.mail, start, () => Promise.reject(error))).rejects.toBe(error);
    const [span, ...others] = await collected.ended();
    expect(others).toEqual([]);
    expect(span).toMatchObject({ attributes: { 'error.type': error.code }, status: { code: SpanStatusCode.ERROR } });
    expect(span?.events).toEqual([]);
    expect(JSON.stringify([span?.attributes, span?.status])).not.toContain('ada');
  });

  it('is not recorded when its caller’s trace is not, and carries that on', async () => {
    const parent = { ...newTrace(), traceparent: CALLER.traceparent.replace(/01$/, '00') };
    const seen = await inSpan(spans.mail, { ...start, parent }, () => Promise.resolve(currentTrace()));
    expect(await collected.ended()).toEqual([]);
    expect(idsOf(seen)).toMatchObject({ traceId: TRACE, sampled: false });
  });

  it('is the context of a message that is created in it', async () => {
    const carried = markSpan(spans.create, { ...start, name: 'create m', parent: CALLER });
    const [create] = await collected.ended();
    expect(create).toMatchObject({ name: 'create m', kind: SpanKind.PRODUCER });
    expect(idsOf(carried)?.spanId).toBe(create?.spanContext().spanId);
  });
});
