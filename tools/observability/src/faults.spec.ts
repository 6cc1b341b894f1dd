import type { Catalogue } from './catalogue.js';
import { overlayFaults } from './faults.js';
import type { Overlay } from './overlay.js';
import { evaluable, namesIn } from './promql.js';

const catalogue: Catalogue = {
  metrics: [
    { name: 'dozen.outbox.age', kind: 'gauge', unit: 's', attributes: [] },
    { name: 'dozen.job.duration', kind: 'histogram', unit: 's', attributes: ['dozen.queue'] },
    { name: 'dozen.parked.attempts', kind: 'counter', unit: '{attempt}', attributes: ['dozen.outcome'] },
  ],
  spans: [],
  logs: [],
};
const page = 'docs/runbooks/outbox-age.md';

function overlay(expression: string, change: Partial<Overlay> = {}): Overlay {
  const alert = { alert: 'OutboxAge', expr: expression, annotations: { summary: 'x', runbook: page } };
  return { rules: [alert], queries: [{ where: 'OutboxAge', expression }], runbooks: [page], ...change };
}

describe('the overlay', () => {
  it.each([
    'max by (job) (dozen_outbox_age_seconds) > 2e9',
    'histogram_quantile(0.99, sum by (job, le) (rate(dozen_job_duration_seconds_bucket{dozen_queue=~"a.*"}[5m])))',
    'sum without (instance) (increase(dozen_parked_attempts_total{dozen_outcome!="handled"}[10m])) # dozen_none',
    'count by (job) (dozen_outbox_age_seconds offset 5m) unless on (job) dozen_outbox_age_seconds',
  ])('may ask for %s', (expression) => {
    expect(overlayFaults(overlay(expression), catalogue)).toEqual([]);
  });

  it.each([
    ['dozen_outbox_age > 1', 'dozen_outbox_age is no series of docs/telemetry.md'],
    ['dozen_job_duration_seconds > 1', 'dozen_job_duration_seconds is no series of docs/telemetry.md'],
    ['dozen_parked_attempts > 1', 'dozen_parked_attempts is no series of docs/telemetry.md'],
    ['sum by (order_id) (dozen_outbox_age_seconds)', 'no metric of it has order_id'],
    ['dozen_outbox_age_seconds{dozen_queue="a"}', 'no metric of it has dozen_queue'],
    ['vector(1)', 'asks for nothing'],
  ])('may not ask for %s', (expression, fault) => {
    expect(overlayFaults(overlay(expression), catalogue)).toEqual([`OutboxAge: ${fault}`]);
  });

  it('knows the series that its rules record', () => {
    const recorded = { record: 'dozen:age', expr: 'dozen_outbox_age_seconds' };
    const { rules, ...rest } = overlay('dozen:age > 1');
    expect(overlayFaults({ ...rest, rules: [...rules, recorded] }, catalogue)).toEqual([]);
    expect(overlayFaults({ ...rest, rules }, catalogue)).toHaveLength(1);
  });

  it('has a runbook for each alert, and no other', () => {
    const expression = 'dozen_outbox_age_seconds > 1';
    expect(overlayFaults(overlay(expression, { runbooks: [] }), catalogue)).toEqual(['OutboxAge: has no runbook']);
    const more = overlay(expression, { runbooks: [page, 'docs/runbooks/old.md'] });
    expect(overlayFaults(more, catalogue)).toEqual(['docs/runbooks/old.md: is the runbook of no alert']);
  });
});

describe('an expression', () => {
  it('is taken apart into metrics and labels', () => {
    const { metrics, labels } = namesIn('sum by (job) (rate(a_total{x="b_c", y!~"d"}[5m])) / on (job) e:f > bool 1e3');
    expect([[...metrics], [...labels]]).toEqual([
      ['a_total', 'e:f'],
      ['x', 'y', 'job'],
    ]);
  });

  it('is asked so that it answers when nothing is wrong', () => {
    expect(evaluable('a > 1 and b{x!="y", z=~"$job"} >= 2')).toEqual(['a > bool 1 and b{x!="y", z=~".+"} >= bool 2']);
    expect(evaluable('count(a[1h]) unless count(b)')).toEqual(['count(a[1h])', 'count(b)']);
    expect(evaluable('rate(a[$__rate_interval])')).toEqual(['rate(a[5m])']);
  });
});
