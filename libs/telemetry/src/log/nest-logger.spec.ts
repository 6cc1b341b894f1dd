import { createLogger, NestLogger } from '../index.js';

function setUp(): { nest: NestLogger; last: () => Record<string, unknown> } {
  const lines: string[] = [];
  const destination = { write: (line: string): void => void lines.push(line) };
  const nest = new NestLogger(createLogger({ service: 's', release: 'r', level: 'trace', destination }));
  return { nest, last: () => JSON.parse(lines.at(-1) ?? '') as Record<string, unknown> };
}

describe('NestLogger', () => {
  it.each([
    ['log', 'debug'],
    ['warn', 'warn'],
    ['error', 'error'],
    ['fatal', 'fatal'],
    ['debug', 'debug'],
    ['verbose', 'trace'],
  ] as const)('writes %s at level %s with its context', (method, level) => {
    const { nest, last } = setUp();
    nest[method]('Mapped {/v1, GET}', 'RouterExplorer');
    expect(last()).toMatchObject({ level, msg: 'Mapped {/v1, GET}', context: 'RouterExplorer' });
  });

  it('tells a stack from a context, with or without either', () => {
    const { nest, last } = setUp();
    const stack = 'Error: boom\n    at f (file.js:1:1)';
    nest.error('boom', stack, 'ExceptionsHandler');
    expect(last()).toMatchObject({ msg: 'boom', context: 'ExceptionsHandler', err: { message: 'boom', stack } });
    nest.error('boom', stack);
    expect(last()).toMatchObject({ err: { stack } });
    expect(last()).not.toHaveProperty('context');
    nest.error('boom', undefined, 'Ctx');
    expect(last()).toMatchObject({ context: 'Ctx' });
    expect(last()).not.toHaveProperty('err');
  });

  it('logs an error that is the message or stands beside it as an error', () => {
    const { nest, last } = setUp();
    nest.error(new TypeError('boom'), 'Ctx');
    expect(last()).toMatchObject({ msg: 'boom', context: 'Ctx', err: { type: 'TypeError' } });
    nest.warn('failed', new TypeError('inner'), 'Ctx');
    expect(last()).toMatchObject({ msg: 'failed', context: 'Ctx', err: { type: 'TypeError', message: 'inner' } });
    expect(last()).not.toHaveProperty('extra');
  });

  it('hides secrets in objects that are logged as the message or beside it', () => {
    const { nest, last } = setUp();
    nest.log({ paymentToken: 'tok_ok' }, { password: 'x' }, 'Ctx');
    expect(last()).toMatchObject({ msg: '{"paymentToken":"[redacted]"}', extra: [{ password: '[redacted]' }] });
  });
});
