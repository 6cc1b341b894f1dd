import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { insufficientScope, tokenRequired } from './challenge.js';
import { PUBLIC_METADATA, SCOPES_METADATA } from './decorators.js';
import type { TokenVerifier } from './token-verifier.js';

/** RFC 6750 section 2.1; the scheme is case-insensitive (RFC 9110 section 11.1). */
const BEARER = /^Bearer +([A-Za-z0-9\-._~+/]+=*) *$/i;

/**
 * Closed by default: a route without `@Public()` needs a good bearer token. On a public route a token is optional, but a
 * bad one is still refused. Without a verifier (no authSection in the config) only public routes can be reached.
 */
export class AuthGuard implements CanActivate {
  private readonly reflector = new Reflector();

  constructor(private readonly verifier: TokenVerifier | undefined) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const targets = [context.getHandler(), context.getClass()];
    const isPublic = this.reflector.getAllAndOverride<boolean | undefined>(PUBLIC_METADATA, targets) === true;
    const token = BEARER.exec(request.headers.authorization ?? '')?.[1];
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
}
