import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { readConfig } from '../src/config.js';
import { AUDIENCE, type RunningIdentity, startIdentity } from '../src/index.js';

describe('the development issuer over HTTP', () => {
  let dataDir: string;
  let identity: RunningIdentity;

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'dozen-identity-'));
    identity = await startIdentity({ dataDir });
  });

  afterEach(async () => {
    await identity.stop();
    await rm(dataDir, { recursive: true });
  });

  async function ask(request: unknown): Promise<{ status: number; body: Record<string, unknown> }> {
    const response = await fetch(`${identity.url}/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(request),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  }

  const jwks = () => createRemoteJWKSet(new URL(`${identity.url}/.well-known/jwks.json`));

  it('gives a token that its published key verifies', async () => {
    const { status, body } = await ask({ sub: 'c-1', email: 'ada@example.com', locale: 'de', scope: 'orders:read' });
    expect(status).toBe(200);
    expect(body).toMatchObject({ token_type: 'Bearer', expires_in: 3600 });
    const { payload } = await jwtVerify(String(body.access_token), jwks(), {
      issuer: identity.url,
      audience: AUDIENCE,
      algorithms: ['ES256'],
    });
    expect(payload).toMatchObject({ sub: 'c-1', email: 'ada@example.com', locale: 'de', scope: 'orders:read' });
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(3600);
  });

  it('keeps its key over a restart, so that older tokens stay good', async () => {
    const { body } = await ask({ sub: 'c-1', email: 'ada@example.com' });
    const issuer = identity.url;
    await identity.stop();
    identity = await startIdentity({ dataDir, issuer });
    const token = String(body.access_token);
    await expect(jwtVerify(token, jwks(), { issuer, audience: AUDIENCE })).resolves.toBeDefined();
    expect(decodeProtectedHeader(token).kid).toBeDefined();
  });

  it('publishes no private part, and keeps the key file to itself', async () => {
    const published = await (await fetch(`${identity.url}/.well-known/jwks.json`)).text();
    const { d } = JSON.parse(await readFile(join(dataDir, 'signing-key.json'), 'utf8')) as { d: string };
    expect(published).not.toContain(d);
    expect(JSON.parse(published)).toMatchObject({ keys: [{ kty: 'EC', alg: 'ES256', use: 'sig' }] });
    expect((await stat(join(dataDir, 'signing-key.json'))).mode & 0o077).toBe(0);
  });

  it('says where its keys are', async () => {
    const response = await fetch(`${identity.url}/.well-known/openid-configuration`);
    const document = (await response.json()) as Record<string, unknown>;
    expect(document.issuer).toBe(identity.url);
    expect((await fetch(String(document.jwks_uri))).status).toBe(200);
  });

  it('lists every mistake of a request', async () => {
    const { status, body } = await ask({ email: 'nobody', scope: 7 });
    expect(status).toBe(400);
    expect(body.error).toBe('invalid_request');
    for (const name of ['sub', 'email', 'scope']) expect(body.error_description).toContain(name);
  });

  it('refuses a damaged key file instead of replacing it', async () => {
    await writeFile(join(dataDir, 'signing-key.json'), '{"kty":"EC"}');
    await expect(startIdentity({ dataDir })).rejects.toThrow(/no ES256 key/);
  });

  it('lists every mistake of its environment', () => {
    const read = readConfig({ PORT: '-1', ISSUER: 'x', TOKEN_LIFETIME_S: 'y', DATA_DIR: '' });
    expect(read).toMatchObject({ mistakes: expect.any(Array) });
    expect('mistakes' in read ? read.mistakes.length : 0).toBe(4);
  });
});
