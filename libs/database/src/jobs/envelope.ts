import type { TraceContext } from '@dozen/telemetry';
import { z } from 'zod';

/** What pg-boss stores as the job's data: the data, and the trace that it belongs to. */
const envelope = z.object({
  trace: z.object({
    traceparent: z.string(),
    correlationId: z.string(),
    causationId: z.string().optional(),
  }),
  data: z.unknown(),
});

export interface JobEnvelope {
  readonly trace: TraceContext;
  readonly data: unknown;
}

export function sealJob(trace: TraceContext, data: unknown): JobEnvelope {
  return { trace: { ...trace }, data };
}

/** @throws ZodError for a job that did not come from `Jobs.enqueue`. */
export function openJob(stored: unknown): JobEnvelope {
  return envelope.parse(stored);
}
