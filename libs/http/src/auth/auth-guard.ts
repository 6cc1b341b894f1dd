import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { refuseCrossOrigin } from '../session/cross-origin.js';
import { sessionIdOf } from '../session/session-cookie.js';
import { bearerOf } from './bearer.js';
import { insufficientScope, tokenRequired } from './challenge.js';
import { PUBLIC_METADATA, SCOPES_METADATA } from './decorators.js';
import type { TokenVerifier } from './token-verifier.js';

/** Sessions of browsers, as far as the guard asks them. */
export interface SessionTokens {
  /** The bearer token that the session stands for; undefined when there is no such session. */
  find(id: string): Promise<string | undefined>;
}

/**
 * Closed by default: a route without `@Public()` needs a good bearer token, from the Authorization header or, where the
 * service has sessions, from the one that the request's cookie names. A public route takes no token from a session, so that
 * one whose token is no longer good can still be ended there; a bad one of the Authorization header is refused there, too.
 * Without a verifier (no authSection in the config) only public routes can be reached.
 */
export class AuthGuard implements CanActivate {
  private readonly reflector = new Reflector();

  constructor(
    private readonly verifier: TokenVerifier | undefined,
    private readonly sessions: SessionTokens | undefined,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const targets = [context.getHandler(), context.getClass()];
    const isPublic = this.reflector.getAllAndOverride<boolean | undefined>(PUBLIC_METADATA, targets) === true;
    const token = bearerOf(request) ?? (await this.tokenOfSession(request, isPublic));
    if (token === undefined || this.verifier === undefined) {
      if (isPublic) {
        return true;
      }
      throw tokenRequired();
    }
    request.user = await this.verifier.verify(token);
    const needed = this.reflector.getAllAndOverride<readonly string[] | undefined>(SCOPES_METADATA, targets) ?? [];
    const { scopes } = request.user;
    if (!needed.every((scope) => scopes.includes(scope))) {
      throw insufficientScope(needed);
    }
    return true;
  }

  /** The session's token is verified like any other: one that is withdrawn takes its sessions with it. */
  private async tokenOfSession(request: FastifyRequest, isPublic: boolean): Promise<string | undefined> {
    const id = sessionIdOf(request);
    if (id === undefined || this.sessions === undefined) return undefined;
    refuseCrossOrigin(request);
    return isPublic ? undefined : this.sessions.find(id);
  }
}
