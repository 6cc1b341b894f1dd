import { trace } from '@opentelemetry/api';
import { InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';

/** Collects spans in this process, as an SDK that was started with it would. */
export function collectSpans() {
  const exporter = new InMemorySpanExporter();
  const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
  trace.setGlobalTracerProvider(provider);
  return {
    /** Those that have ended, in the order of their ends. */
    async ended(): Promise<readonly ReadableSpan[]> {
      await provider.forceFlush();
      return exporter.getFinishedSpans();
    },
    async stop(): Promise<void> {
      trace.disable();
      await provider.shutdown();
    },
  };
}
