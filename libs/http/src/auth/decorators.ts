import { createParamDecorator, type ExecutionContext, SetMetadata } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { tokenRequired } from './challenge.js';
import type { AuthenticatedUser } from './token-verifier.js';

export const PUBLIC_METADATA = 'dozen:public';
export const SCOPES_METADATA = 'dozen:scopes';

/** Serves a route, or all of a controller's, without a token. Everything else needs one. */
export const Public = (): ClassDecorator & MethodDecorator => SetMetadata(PUBLIC_METADATA, true);

/** Scopes that the token must all have, on top of being valid. On a method it replaces the controller's. */
export const Scopes = (...scopes: string[]): ClassDecorator & MethodDecorator => SetMetadata(SCOPES_METADATA, scopes);

/** The sender of the request, an `AuthenticatedUser`. Throws AUTH-REQUIRED on a public route without a token. */
export const CurrentUser = createParamDecorator((_data: unknown, context: ExecutionContext): AuthenticatedUser => {
  const { user } = context.switchToHttp().getRequest<FastifyRequest>();
  if (user === null) {
    throw tokenRequired();
  }
  return user;
});
