import { DozenError } from '@dozen/kernel';
import { QueryFailedError } from 'typeorm';
import { infrastructureReason, isAbortedTransaction, isInfrastructureError, sqlStateOf } from './sqlstate.js';

/** What pg makes of an ErrorResponse. */
const serverError = (code: string): Error => Object.assign(new Error('boom'), { code, severity: 'ERROR' });
const failed = (code: string): Error => new QueryFailedError('SELECT 1', [], serverError(code));

describe('the classification of errors', () => {
  it.each(['08006', '08001', '40001', '40P01', '55P03', '25P03', '25P04', '25006', '57P01', '57014', '53300', '58030'])(
    'calls SQLSTATE %s infrastructure, with a reason',
    (code) => {
      expect(infrastructureReason(failed(code))).toEqual(expect.any(String));
    },
  );

  it.each(['23505', '23503', '22P02', '42P01', '25P02', '40002', '55000', '25001'])(
    'leaves SQLSTATE %s to the message',
    (code) => {
      expect(isInfrastructureError(failed(code))).toBe(false);
      expect(sqlStateOf(failed(code))).toBe(code);
    },
  );

  it.each(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND'])('calls %s infrastructure', (code) => {
    const error = Object.assign(new Error('socket'), { code });
    expect(isInfrastructureError(error)).toBe(true);
    expect(sqlStateOf(error)).toBeUndefined();
  });

  it.each([
    'Connection terminated unexpectedly',
    'Connection terminated due to connection timeout',
    'timeout exceeded when trying to connect',
    'Client has encountered a connection error and is not queryable',
  ])('knows the driver error without a code: %s', (text) => {
    expect(isInfrastructureError(new QueryFailedError('SELECT 1', [], new Error(text)))).toBe(true);
  });

  it('looks through causes, also of an error that several addresses refused', () => {
    const refused = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
    const wrapped = new DozenError('APP-OOPS', 'oops', { cause: new AggregateError([new Error('v6'), refused]) });
    expect(isInfrastructureError(wrapped)).toBe(true);
  });

  it('looks through the cause of a driver error, which TypeORM does not copy', () => {
    const refused = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
    const driverError = new Error('could not open', { cause: refused });
    expect(isInfrastructureError(new QueryFailedError('SELECT 1', [], driverError))).toBe(true);
  });

  it('lets the server speak first: a constraint is not infrastructure because its text mentions a connection', () => {
    const error = Object.assign(serverError('23514'), { message: 'Connection terminated' });
    expect(isInfrastructureError(error)).toBe(false);
  });

  it('tells the victim of a failed transaction from its cause', () => {
    expect([isAbortedTransaction(failed('25P02')), isAbortedTransaction(failed('23505'))]).toEqual([true, false]);
  });

  it.each([undefined, null, 'text', 42, new Error('plain'), {}])('takes %p for none of it', (thrown) => {
    expect([isInfrastructureError(thrown), sqlStateOf(thrown)]).toEqual([false, undefined]);
  });

  it('ends on a chain that bites its tail', () => {
    const error = new Error('round');
    error.cause = error;
    expect(isInfrastructureError(error)).toBe(false);
  });
});
