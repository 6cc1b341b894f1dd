import { DozenError } from '@dozen/kernel';
import { createLogger, currentTrace } from '@dozen/telemetry';
import { Body, Controller, Get, Module, Param, Post, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { CompactSign, createLocalJWKSet, exportJWK, generateKeyPair, SignJWT } from 'jose';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import {
  type AuthenticatedUser,
  createHttpApp,
  CurrentUser,
  defineProblems,
  type HttpAppOptions,
  pageQuery,
  type PageQuery,
  Public,
  Scopes,
  TokenVerifier,
} from '../src/index.js';

const order = z.object({
  sku: z.string().min(3),
  quantity: z.int().min(1),
  address: z.strictObject({ 'zip/code': z.string().optional() }).optional(),
});

/** Of GET /streams: how many have begun, and those that are not over. */
export const streams = { begun: 0, open: new Set<Readable>() };

/** Thrown with this inside must never reach a client. */
export const SECRET = 'postgres://user:hunter2@db';

@Controller()
class ThingsController {
  @Public()
  @Post('things')
  place(@Body({ schema: order }) body: unknown, @Query({ schema: pageQuery }) page: PageQuery): unknown {
    return { body, limit: page.limit };
  }

  @Public()
  @Get('things/:id')
  find(@Param('id') id: string): unknown {
    if (id === 'missing') throw new DozenError('THING-NOT-FOUND', `no thing ${id}`);
    if (id === 'undeclared') throw new DozenError('THING-SECRET', SECRET);
    if (id === 'broken') throw new Error(SECRET);
    if (id === 'database') throw Object.assign(new Error(SECRET), { code: 'ECONNREFUSED' });
    return { id };
  }

  @Public()
  @Post('trace')
  trace(): unknown {
    return currentTrace();
  }

  @Public()
  @Get('slow/:ms')
  async slow(@Param('ms') ms: string): Promise<unknown> {
    await sleep(Number(ms));
    return { waited: Number(ms) };
  }

  /** Never ends by itself; begins after so many ms. */
  @Public()
  @Get('streams/:ms')
  async stream(@Param('ms') ms: string, @Res() reply: FastifyReply): Promise<void> {
    await sleep(Number(ms));
    const stream = new Readable({ read: () => undefined });
    stream.push('begun');
    streams.begun += 1;
    streams.open.add(stream);
    stream.once('close', () => streams.open.delete(stream));
    void reply.type('text/plain').send(stream);
  }

  /** More than the kernel takes for a client that does not read. */
  @Public()
  @Get('big')
  big(): unknown {
    return 'x'.repeat(30_000_000);
  }

  @Get('me')
  me(@CurrentUser() user: AuthenticatedUser): unknown {
    return user;
  }

  @Scopes('things:write', 'things:read')
  @Post('me')
  write(): unknown {
    return { done: true };
  }
}

@Module({ controllers: [ThingsController] })
export class ThingsModule {}

export const FIXTURE_CONFIG = {
  HTTP_BODY_LIMIT_BYTES: 2048,
  PROBLEM_TYPE_BASE: undefined,
  TRUSTED_PROXY_HOPS: 0,
  HTTP_DRAIN_GRACE_MS: 100,
};

/** An app with every feature in it; logs are kept. Each test closes what it starts. */
export async function startFixture(options: Partial<HttpAppOptions> = {}) {
  const lines: Record<string, unknown>[] = [];
  const drains: (() => Promise<void> | void)[] = [];
  const lifecycle = {
    draining: false,
    onDrain: (_phase: string, _name: string, step: () => Promise<void> | void): void => void drains.push(step),
  };
  const http = await createHttpApp({
    module: ThingsModule,
    config: FIXTURE_CONFIG,
    logger: createLogger({
      service: 'things',
      release: 'test',
      level: 'info',
      destination: { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) },
    }),
    lifecycle,
    health: { report: (kind) => Promise.resolve({ ok: kind !== 'ready', checks: { [kind]: { ok: true } } }) },
    problems: defineProblems({ 'THING-NOT-FOUND': { status: 404, title: 'No such thing' } }),
    version: () => ({ service: 'things' }),
    ...options,
  });
  let drained: Promise<void> | undefined;
  const drain = async (): Promise<void> => {
    lifecycle.draining = true;
    for (const step of drains) await step();
    await http.app.close();
  };
  return { ...http, lines, drain: () => (drained ??= drain()) };
}

/** The same, listening. */
export async function listenFixture(options: Partial<HttpAppOptions> = {}) {
  const http = await startFixture(options);
  const url = await http.listen(0, '127.0.0.1');
  return { ...http, url, port: Number(new URL(url).port) };
}

/** An issuer with one key: what its verifier accepts and how it signs. */
export async function issuer() {
  const { privateKey, publicKey } = await generateKeyPair('ES256');
  const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256' }] };
  const accepts = { issuer: 'https://issuer.test', audience: ['dozen'] };
  const sign = (claims: Record<string, unknown> = {}, expiresIn = '5m'): Promise<string> =>
    new SignJWT({ email: 'ada@example.com', locale: 'de-DE', scope: 'things:read', ...claims })
      .setProtectedHeader({ alg: 'ES256', kid: 'k1' })
      .setIssuer(typeof claims['iss'] === 'string' ? claims['iss'] : accepts.issuer)
      .setAudience('dozen')
      .setSubject('ada')
      .setIssuedAt()
      .setExpirationTime(expiresIn)
      .sign(privateKey);
  /** Signs whatever claims there are, in place of good ones. */
  const raw = (claims: Record<string, unknown>): Promise<string> => {
    const now = Math.floor(Date.now() / 1000);
    const good = { iss: accepts.issuer, aud: 'dozen', sub: 'ada', email: 'ada@example.com', exp: now + 300 };
    const payload = Buffer.from(JSON.stringify({ ...good, ...claims }));
    return new CompactSign(payload).setProtectedHeader({ alg: 'ES256', kid: 'k1' }).sign(privateKey);
  };
  return { jwks, accepts, sign, raw, verifier: new TokenVerifier(createLocalJWKSet(jwks), accepts) };
}
