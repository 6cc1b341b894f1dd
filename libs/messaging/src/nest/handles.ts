import type { UnitOfWork } from '@dozen/database';
import type { MessageContract } from '@dozen/kernel';
import { type ArgumentsHost, Catch, type ExceptionFilter, UseFilters } from '@nestjs/common';
import { Ctx, MessagePattern, Payload } from '@nestjs/microservices';
import { type Observable, throwError } from 'rxjs';
import type { BatchMessage, MessageHandler } from '../inbox/handle/handlers.js';

/** Where `@Handles` leaves what the transport needs, in Nest's handler extras. */
export const HANDLES = 'dozen:handles';
export type HandlesExtras = Pick<MessageHandler, 'contract' | 'locks' | 'retryDelaysMs'> & {
  readonly setBased: boolean;
};

interface HandlesOptions<T> {
  /** Names of the shared rows that a message touches (SKUs), to be locked first and in sorted order. */
  readonly locks?: (payload: T) => readonly string[];
  /** Pauses before the attempts after the first, in ms. Default: the policy's. */
  readonly retryDelaysMs?: readonly number[];
}

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
 * parks the message.
 */
export function Handles<T>(contract: MessageContract<T>, options: HandlesOptions<T> = {}) {
  return (
    target: object,
    method: string | symbol,
    descriptor: TypedPropertyDescriptor<(payload: T, unit: UnitOfWork) => Promise<void>>,
  ): void => {
    // Without parameter metadata Nest passes `undefined` for the second argument.
    Payload()(target, method, 0);
    Ctx()(target, method, 1);
    mark({ contract, ...options, setBased: false }, [target, method, descriptor]);
  };
}

/**
 * As `@Handles`, for a method that handles many messages with a few statements: `(messages) => Promise<void>`. It gets
 * every message of its type that the batch has ready, each with its own unit, all in one transaction; those of a key in
 * order, keys in any order. When it throws for several, they are given to it again one by one.
 */
export function HandlesBatch<T>(contract: MessageContract<T>, options: HandlesOptions<T> = {}) {
  return (
    target: object,
    method: string | symbol,
    descriptor: TypedPropertyDescriptor<(messages: readonly BatchMessage<T>[]) => Promise<void>>,
  ): void => {
    Payload()(target, method, 0);
    mark({ contract, ...options, setBased: true }, [target, method, descriptor]);
  };
}

function mark<T, F>(
  extras: Pick<MessageHandler<T>, 'contract' | 'locks' | 'retryDelaysMs'> & { readonly setBased: boolean },
  [target, method, descriptor]: readonly [object, string | symbol, TypedPropertyDescriptor<F>],
): void {
  UseFilters(RethrowOriginal)(target, method, descriptor);
  MessagePattern(extras.contract.type, { [HANDLES]: extras })(target, method, descriptor);
}
