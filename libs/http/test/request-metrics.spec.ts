import { request } from 'node:http';
import { collectMeters, eventually } from '@dozen/testing';
import { listenFixture } from './fixture.js';

/** As an SDK does that is started before the application. */
const meters = collectMeters();

describe('the metrics of requests', () => {
  let http: Awaited<ReturnType<typeof listenFixture>>;

  beforeAll(async () => {
    http = await listenFixture();
  });

  afterAll(async () => {
    await http.drain();
    await meters.stop();
  });

  const measured = async (): Promise<Record<string, unknown>[]> =>
    (await meters.collect())
      .filter(({ name }) => name === 'http.server.request.duration')
      .map(({ attributes, value }) => ({ ...attributes, value }));

  it('go by the template of the route, and by nothing that a client makes up', async () => {
    for (const path of [
      '/things/1',
      '/things/2',
      '/things/missing',
      '/things/broken',
      '/nowhere/4711?token=x',
      '/livez',
    ]) {
      await (await fetch(http.url + path)).arrayBuffer();
    }
    await (await fetch(`${http.url}/things/3`, { method: 'PROPFIND' })).arrayBuffer();
    const of = { 'http.request.method': 'GET', 'http.route': '/things/:id' };
    const expected = [
      { ...of, 'http.response.status_code': 200, value: 2 },
      { ...of, 'http.response.status_code': 404, value: 1 },
      { ...of, 'http.response.status_code': 500, 'error.type': '500', value: 1 },
      { 'http.request.method': 'GET', 'http.response.status_code': 404, value: 1 },
    ];
    await eventually(async () => {
      const known = (await measured()).filter((one) => one['http.request.method'] === 'GET');
      expect(known).toHaveLength(expected.length);
      expect(known).toEqual(expect.arrayContaining(expected));
    });
    const methods = new Set((await measured()).map((one) => one['http.request.method']));
    expect([...methods].filter((method) => method !== 'GET' && method !== '_OTHER')).toEqual([]);
  });

  it('tell of a request that its client broke off', async () => {
    const begun = request(`${http.url}/slow/1000`).on('error', () => undefined);
    begun.end();
    await new Promise((resolve) => setTimeout(resolve, 100));
    begun.destroy();
    await eventually(async () => {
      expect(await measured()).toContainEqual({
        'http.request.method': 'GET',
        'http.route': '/slow/:ms',
        'error.type': 'ECONNRESET',
        value: 1,
      });
    });
  });
});
