import { FIXTURE_CONFIG, SECRET, startFixture } from '../../test/fixture.js';

type Fixture = Awaited<ReturnType<typeof startFixture>>;

const json = { 'content-type': 'application/json' };

describe('an HTTP app', () => {
  let http: Fixture;

  beforeAll(async () => {
    http = await startFixture();
    await http.app.init();
    await http.app.getHttpAdapter().getInstance().ready();
  });
  afterAll(() => http.app.close());
  beforeEach(() => void http.lines.splice(0));

  it('answers 404 with a problem for a path that no route has', async () => {
    const response = await http.app.inject({ url: '/nowhere?token=x', headers: { 'x-request-id': 'r-1' } });
    expect(response.statusCode).toBe(404);
    expect(response.headers['content-type']).toBe('application/problem+json');
    expect(response.headers['x-request-id']).toBe('r-1');
    expect(response.json()).toEqual({
      type: 'urn:dozen:problem:HTTP-NOT-FOUND',
      title: 'There is nothing here',
      status: 404,
      code: 'HTTP-NOT-FOUND',
      detail: 'no route for GET /nowhere',
      instance: 'urn:dozen:request:r-1',
    });
  });

  it('answers 405 and says what is allowed when the path has a route of another method', async () => {
    const response = await http.app.inject({ method: 'DELETE', url: '/things/1' });
    expect(response.statusCode).toBe(405);
    expect(response.headers['allow']).toBe('GET, HEAD');
    expect(response.json()).toMatchObject({ code: 'HTTP-METHOD-NOT-ALLOWED' });
  });

  it.each([
    ['JSON that is none', { payload: '{"sku":', headers: json }, 400, 'HTTP-BAD-JSON'],
    ['a body over the limit', { payload: `"${'x'.repeat(3000)}"`, headers: json }, 413, 'HTTP-BODY-TOO-LARGE'],
    [
      'a media type without a parser',
      { payload: 'a,b', headers: { 'content-type': 'text/csv' } },
      415,
      'HTTP-MEDIA-TYPE',
    ],
  ])('refuses %s', async (_name, request, status, code) => {
    const response = await http.app.inject({ method: 'POST', url: '/things', ...request });
    expect(response.json()).toMatchObject({ status, code });
    expect(response.statusCode).toBe(status);
    expect(response.headers['content-type']).toBe('application/problem+json');
  });

  it('does not repeat a long path', async () => {
    const long = await http.app.inject({ url: `/${'x'.repeat(12_000)}` });
    expect(long.json()).toMatchObject({ code: 'HTTP-NOT-FOUND' });
    expect(long.body.length).toBeLessThan(1_000);
    const parameter = await http.app.inject({ url: `/things/${'x'.repeat(12_000)}` });
    expect(parameter.json()).toMatchObject({ status: 414, code: 'HTTP-URI-TOO-LONG' });
    expect(parameter.body.length).toBeLessThan(1_000);
  });

  it('names what a probe offers, too', async () => {
    const response = await http.app.inject({ method: 'DELETE', url: '/livez' });
    expect(response.statusCode).toBe(405);
    expect(response.headers['allow']).toBe('GET, HEAD');
  });

  it('refuses a URL that cannot be decoded', async () => {
    const response = await http.app.inject({ url: '/things/%E0%A4%A' });
    expect(response.statusCode).toBe(400);
    expect(response.json()).toMatchObject({ code: 'HTTP-BAD-REQUEST' });
  });

  it('names every mistake of body and query in one answer', async () => {
    const response = await http.app.inject({
      method: 'POST',
      url: '/things?limit=1000&cursor=nonsense',
      payload: { sku: 'a', quantity: 0, address: { 'zip/code': 7 } },
    });
    expect(response.statusCode).toBe(400);
    const { errors, ...problem } = response.json<{ errors: Record<string, unknown>[] }>();
    expect(problem).toMatchObject({ code: 'HTTP-VALIDATION', detail: '5 parts are not valid' });
    expect(errors.map(({ detail: _detail, ...where }) => where)).toEqual([
      { in: 'query', parameter: 'limit' },
      { in: 'query', parameter: 'cursor' },
      { in: 'body', pointer: '#/sku' },
      { in: 'body', pointer: '#/quantity' },
      { in: 'body', pointer: '#/address/zip~1code' },
    ]);
  });

  it('hands the handler what the schemas made of the request', async () => {
    const payload = { sku: 'abc', quantity: 1, extra: true };
    const response = await http.app.inject({ method: 'POST', url: '/things?limit=7', payload });
    expect(response.json()).toEqual({ body: { sku: 'abc', quantity: 1 }, limit: 7 });
  });

  it('shows a declared error by the catalogue', async () => {
    const response = await http.app.inject({ url: '/things/missing' });
    expect(response.statusCode).toBe(404);
    expect(response.json()).toMatchObject({
      code: 'THING-NOT-FOUND',
      title: 'No such thing',
      detail: 'no thing missing',
    });
  });

  it.each(['broken', 'undeclared'])('hides what is behind an unexpected error (%s) and logs it', async (id) => {
    const response = await http.app.inject({ url: `/things/${id}`, headers: { 'x-request-id': 'r-2' } });
    expect(response.statusCode).toBe(500);
    expect(response.json()).toEqual({
      type: 'urn:dozen:problem:INTERNAL',
      title: 'Something went wrong on our side',
      status: 500,
      code: 'INTERNAL',
      instance: 'urn:dozen:request:r-2',
    });
    expect(response.body).not.toContain(SECRET);
    const line = http.lines.find(({ msg }) => msg === 'request failed');
    expect(line).toMatchObject({ level: 'error', code: 'INTERNAL', http_route: '/things/:id' });
    expect(line?.['trace_id']).toMatch(/^[0-9a-f]{32}$/);
    expect(line?.['err']).toBeDefined();
  });

  it('answers 503 with Retry-After while a backing service is away', async () => {
    const response = await http.app.inject({ url: '/things/database' });
    expect(response.statusCode).toBe(503);
    expect(response.headers['retry-after']).toBe('2');
    expect(response.json()).toMatchObject({ code: 'HTTP-UNAVAILABLE' });
    expect(response.body).not.toContain(SECRET);
  });

  it('makes a request id of its own when the given one could do harm', async () => {
    const response = await http.app.inject({ url: '/things/1', headers: { 'x-request-id': 'a"b c' } });
    expect(response.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('logs one line per request, by the route and not by the URL', async () => {
    await http.app.inject({ url: '/things/ada@example.com?secret=1', headers: { 'x-request-id': 'r-4' } });
    expect(http.lines).toHaveLength(1);
    expect(http.lines[0]).toMatchObject({
      msg: 'request',
      http_method: 'GET',
      http_route: '/things/:id',
      http_status: 200,
      request_id: 'r-4',
    });
    expect(JSON.stringify(http.lines)).not.toMatch(/ada@example|secret/);
  });

  it('serves the probes without a token, and does not log them at info', async () => {
    expect((await http.app.inject({ url: '/livez' })).statusCode).toBe(200);
    expect((await http.app.inject({ url: '/startupz?verbose' })).statusCode).toBe(200);
    const ready = await http.app.inject({ url: '/readyz' });
    expect(ready.statusCode).toBe(503);
    expect(ready.json()).toEqual({ ok: false, checks: { ready: { ok: true } } });
    expect((await http.app.inject({ url: '/version' })).json()).toEqual({ service: 'things' });
    expect(http.lines).toEqual([]);
  });
});

describe('the type of a problem', () => {
  it("is a link to the code's entry in the documentation, once its address is configured", async () => {
    const config = { ...FIXTURE_CONFIG, PROBLEM_TYPE_BASE: 'https://docs.example.com/errors.md?plain=1' };
    const http = await startFixture({ config });
    await http.app.init();
    const typeAt = async (url: string): Promise<unknown> =>
      (await http.app.inject({ url })).json<{ type: unknown }>().type;
    const entry = (anchor: string): string => `https://docs.example.com/errors.md?plain=1#${anchor}`;
    expect(await typeAt('/nowhere')).toBe(entry('http-not-found'));
    expect(await typeAt('/things/missing')).toBe(entry('thing-not-found'));
    expect(await typeAt('/things/broken')).toBe(entry('internal'));
    // Fastify refuses this one before Nest is reached.
    expect(await typeAt('/things/%E0%A4%A')).toBe(entry('http-bad-request'));
    await http.app.close();

    const starting = await startFixture({ config, gate: () => 'starting' });
    await starting.app.init();
    expect((await starting.app.inject({ url: '/things/1' })).json()).toMatchObject({ type: entry('http-starting') });
    await starting.app.close();
  });
});

describe('the gate', () => {
  it.each([
    ['starting', 503, 'HTTP-STARTING', '2'],
    ['closed', 404, 'HTTP-NOT-FOUND', undefined],
  ] as const)('when %s answers %d to all but the probes', async (state, status, code, retryAfter) => {
    const http = await startFixture({ gate: () => state });
    await http.app.init();
    const response = await http.app.inject({ url: '/things/1' });
    expect(response.statusCode).toBe(status);
    expect(response.json()).toMatchObject({ code });
    expect(response.headers['retry-after']).toBe(retryAfter);
    expect((await http.app.inject({ url: '/livez' })).statusCode).toBe(200);
    await http.app.close();
  });
});
