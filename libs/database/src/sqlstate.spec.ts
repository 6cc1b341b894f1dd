import { DozenError } from '@dozen/kernel';
import fc from 'fast-check';
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

  it.each(['23505', '23503', '22P02', '42P01', '58P01', 'XX000', '25P02', '40002', '55000', '25001'])(
    'leaves SQLSTATE %s to the message',
    (code) => {
      expect(isInfrastructureError(failed(code))).toBe(false);
      expect(sqlStateOf(failed(code))).toBe(code);
    },
  );

  it('is closed: of all SQLSTATEs these alone may wait', () => {
    const classes = ['08', '53', '57'];
    const codes = ['25006', '25P03', '25P04', '40001', '40P01', '55P03', '58030'];
    const letter = fc.constantFrom(...'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ'.split(''));
    const any = fc.string({ unit: letter, minLength: 5, maxLength: 5 });
    const near = fc
      .tuple(fc.constantFrom(...classes, ...codes), any)
      .map(([known, rest]) => `${known.slice(0, 4)}${rest}`.slice(0, 5));
    const inFewClasses = fc.tuple(letter, letter, fc.constantFrom('000', 'P01', 'P03')).map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.oneof(any, near, inFewClasses, fc.constantFrom(...codes)), (state) => {
        expect(isInfrastructureError(failed(state))).toBe(classes.includes(state.slice(0, 2)) || codes.includes(state));
      }),
      { numRuns: 5000 },
    );
  });

  it.each([
    new Error('no customer is called "Connection terminated"'),
    new Error('Connection terminated, says the message'),
    new DozenError('APP-OOPS', 'Query read timeout'),
    Object.assign(new Error('odd'), { code: 'constructor' }),
    Object.assign(new Error('odd'), { code: 57 }),
    new QueryFailedError('SELECT 1', [], new Error('no row for: timeout exceeded when trying to connect')),
  ])('is not misled by what an error quotes or calls itself: %s', (error) => {
    expect(isInfrastructureError(error)).toBe(false);
  });

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
