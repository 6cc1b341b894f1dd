import { monitorEventLoopDelay } from 'node:perf_hooks';
import { type GaugesOptions, metersOn, observeGauges } from '@dozen/telemetry';
import { serviceMetrics as metrics } from '../../metrics.js';

/** The resolution in ms: the least delay that is seen, and the period of the timer behind it. */
const RESOLUTION_MS = 20;
const NANOS = 1e9;

/**
 * Reports how late the event loop is. It measures apart from the check of /livez, whose windows are its own. Returns what ends
 * it.
 */
export function observeEventLoop(onError: GaugesOptions['onError']): () => void {
  if (!metersOn()) return () => undefined;
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delays.enable();
  const stop = observeGauges({
    gauges: [metrics.delayMedian, metrics.delayTail, metrics.delayMax],
    onError,
    look(observe) {
      if (delays.count === 0) return;
      observe(metrics.delayMedian, late(delays.percentile(50)), {});
      observe(metrics.delayTail, late(delays.percentile(99)), {});
      observe(metrics.delayMax, late(delays.max), {});
      delays.reset();
    },
  });
  return () => {
    delays.disable();
    stop();
  };
}

/** Node measures from one turn of its timer to the next, which are a resolution apart when nothing is late. */
function late(nanos: number): number {
  return Math.max(0, nanos / NANOS - RESOLUTION_MS / 1000);
}
