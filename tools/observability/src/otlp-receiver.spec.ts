import { OtlpReceiver } from './otlp-receiver.js';

const request = {
  resourceMetrics: [
    {
      resource: {
        attributes: [
          { key: 'service.name', value: { stringValue: 'orders' } },
          { key: 'service.instance.id', value: { stringValue: 'a' } },
        ],
      },
      scopeMetrics: [
        {
          metrics: [
            { name: 'dozen.outbox.age', unit: 's', gauge: { dataPoints: [{ asDouble: 1.5 }] } },
            {
              name: 'dozen.parked.attempts',
              unit: '{attempt}',
              sum: {
                isMonotonic: true,
                dataPoints: [{ asInt: '3', attributes: [{ key: 'dozen.outcome', value: { stringValue: 'a "b"' } }] }],
              },
            },
            {
              name: 'dozen.job.duration',
              unit: 's',
              histogram: { dataPoints: [{ count: 3, sum: 4, bucketCounts: [1, 2], explicitBounds: [0.5] }] },
            },
          ],
        },
      ],
    },
  ],
};

describe('the receiver', () => {
  let receiver: OtlpReceiver;
  beforeEach(async () => {
    receiver = await OtlpReceiver.start();
  });
  afterEach(() => receiver.stop());

  const send = (body: unknown) => fetch(`${receiver.url}/v1/metrics`, { method: 'POST', body: JSON.stringify(body) });

  it('shows them to Prometheus as a collector would', async () => {
    expect((await send(request)).status).toBe(200);
    const text = await (await fetch(`${receiver.url}/metrics`)).text();
    expect(text.trim().split('\n')).toEqual([
      'dozen_outbox_age_seconds{job="orders",instance="a"} 1.5',
      'dozen_parked_attempts_total{dozen_outcome="a \\"b\\"",job="orders",instance="a"} 3',
      'dozen_job_duration_seconds_bucket{job="orders",instance="a",le="0.5"} 1',
      'dozen_job_duration_seconds_bucket{job="orders",instance="a",le="+Inf"} 3',
      'dozen_job_duration_seconds_sum{job="orders",instance="a"} 4',
      'dozen_job_duration_seconds_count{job="orders",instance="a"} 3',
    ]);
  });

  it('keeps one value of a series, and refuses what is no request', async () => {
    await send(request);
    await send(request);
    expect(receiver.series).toHaveLength(3);
    expect((await send({ hello: 1 })).status).toBe(400);
  });
});
