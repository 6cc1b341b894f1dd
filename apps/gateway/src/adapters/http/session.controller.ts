import {
  type AuthenticatedUser,
  bearerOf,
  clearSessionCookie,
  CurrentUser,
  Public,
  sessionIdOf,
  setSessionCookie,
  tokenRequired,
} from '@dozen/http';
import { Sessions } from '@dozen/session';
import { Controller, Delete, Get, HttpCode, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** Whose session it is, and when it ends (RFC 3339): with the token that it was begun with. */
export interface SessionResource {
  readonly customerId: string;
  readonly email: string;
  readonly locale: string;
  readonly scopes: readonly string[];
  readonly endsAt: string;
}

/**
 * /v1/session, for pages in a browser, whose EventSource cannot send a token and whose scripts should not hold one: the
 * bearer token is traded for a cookie that no script reads.
 */
@Controller('/v1/session')
export class SessionController {
  constructor(private readonly sessions: Sessions) {}

  /**
   * Answers 201 with a cookie. It takes a bearer token, since a session cannot begin another one. A session that the browser
   * had before is ended: an id is never taken over.
   */
  @Post()
  async begin(
    @CurrentUser() user: AuthenticatedUser,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SessionResource> {
    const token = bearerOf(request);
    if (token === undefined) throw tokenRequired();
    const last = sessionIdOf(request);
    setSessionCookie(request, reply, await this.sessions.begin(token, user.endsAt), user.endsAt);
    if (last !== undefined) await this.sessions.end(last);
    return resourceOf(user);
  }

  @Get()
  show(@CurrentUser() user: AuthenticatedUser): SessionResource {
    return resourceOf(user);
  }

  /** 204, also when there was none any more. */
  @Delete()
  @Public()
  @HttpCode(204)
  async end(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<void> {
    const id = sessionIdOf(request);
    if (id !== undefined) await this.sessions.end(id);
    clearSessionCookie(request, reply);
  }
}

function resourceOf({ id, email, locale, scopes, endsAt }: AuthenticatedUser): SessionResource {
  return { customerId: id, email, locale, scopes, endsAt: endsAt.toISOString() };
}
