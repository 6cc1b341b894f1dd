import { defineMetrics } from '@dozen/telemetry';

/** What every process says about itself. See docs/telemetry.md for all metrics. */
export const serviceMetrics = defineMetrics({
  uptime: {
    name: 'process.uptime',
    kind: 'gauge',
    unit: 's',
    description: 'Since the start of the process: it falls when the process was started again.',
    attributes: [],
  },
  build: {
    name: 'dozen.build.info',
    kind: 'gauge',
    unit: '{process}',
    description: 'Always 1: which release runs, and as what.',
    attributes: ['service.version', 'dozen.process.types'],
  },
  unread: {
    name: 'dozen.gauges.unread',
    kind: 'counter',
    unit: '{export}',
    description: 'Exports whose gauges could not be read: they repeat their last values.',
    attributes: ['dozen.gauges'],
  },
  delayMedian: {
    name: 'nodejs.eventloop.delay.p50',
    kind: 'gauge',
    unit: 's',
    description: 'How late the turns of the event loop were since the last export: half of them.',
    attributes: [],
  },
  delayTail: {
    name: 'nodejs.eventloop.delay.p99',
    kind: 'gauge',
    unit: 's',
    description: 'The same: one in a hundred.',
    attributes: [],
  },
  delayMax: {
    name: 'nodejs.eventloop.delay.max',
    kind: 'gauge',
    unit: 's',
    description: 'The same: the latest.',
    attributes: [],
  },
});
