import type { UnitOfWork } from '@dozen/database';
import type { MessageContract } from '@dozen/kernel';
import { type ArgumentsHost, Catch, type ExceptionFilter, UseFilters } from '@nestjs/common';
import { Ctx, MessagePattern, Payload } from '@nestjs/microservices';
import { type Observable, throwError } from 'rxjs';
import type { MessageHandler } from '../inbox/handlers.js';

/** Where `@Handles` leaves what the transport needs, in Nest's handler extras. */
export const HANDLES = 'dozen:handles';
export type HandlesExtras = Pick<MessageHandler, 'contract' | 'locks'>;

/** Nest turns an error into `{ status: 'error' }`, which would hide its code and class from the inbox. */
@Catch()
class RethrowOriginal implements ExceptionFilter {
  catch(error: unknown, _host: ArgumentsHost): Observable<never> {
    return throwError(() => error);
  }
}

/**
 * Marks a controller's method as the handler of a message type: `(payload, unit) => Promise<void>`. It runs inside the
 * inbox's transaction; whatever it writes through `unit.manager` and `unit.publish` happens exactly once. Throwing
 * parks the message. `locks` names the shared rows that it touches (SKUs), to be locked first and in sorted order.
 */
export function Handles<T>(contract: MessageContract<T>, options: { locks?: (payload: T) => readonly string[] } = {}) {
  return (
    target: object,
    method: string | symbol,
    descriptor: TypedPropertyDescriptor<(payload: T, unit: UnitOfWork) => Promise<void>>,
  ): void => {
    const extras = { [HANDLES]: { contract, locks: options.locks } };
    // Without parameter metadata Nest passes `undefined` for the second argument.
    Payload()(target, method, 0);
    Ctx()(target, method, 1);
    UseFilters(RethrowOriginal)(target, method, descriptor);
    MessagePattern(contract.type, extras)(target, method, descriptor);
  };
}
