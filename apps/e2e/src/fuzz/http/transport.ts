import type { TransportChange } from './oddity.js';

interface Parts {
  readonly method: string;
  readonly target: string;
  readonly lines: readonly string[];
  readonly body: Buffer | undefined;
}

export interface Framed {
  readonly bytes: Buffer;
  readonly headLength: number;
}

/** A request on the wire (RFC 9112), with one thing wrong if asked for. */
export function framed({ method, target, lines, body }: Parts, how: TransportChange | undefined): Framed {
  const content = body ?? Buffer.alloc(0);
  const hosts = how === 'no-host' ? [] : how === 'two-hosts' ? ['host: a', 'host: b'] : ['host: 127.0.0.1'];
  const version = how === 'http10' ? '1.0' : how === 'http2' ? '2.0' : '1.1';
  const end = how === 'bare-lf' ? '\n' : '\r\n';
  const head = Buffer.from(
    [
      `${method} ${target} HTTP/${version}`,
      ...hosts,
      ...lines,
      ...lengthLines(content.length, body !== undefined, how),
      ...oddLines(how),
      '',
      '',
    ].join(end),
    'latin1',
  );
  const payload =
    how === 'chunked' || how === 'chunk-extension' || how === 'length-and-chunks' ? chunks(content, how) : content;
  const whole = Buffer.concat([head, payload]);
  const answer = (bytes: Buffer): Framed => ({ bytes, headLength: head.length });
  switch (how) {
    case 'garbage':
      return answer(Buffer.from('\u0000\u0001\u0002 HTTP is not this\r\n\r\n', 'latin1'));
    case 'tls-hello':
      return answer(Buffer.from('16030100c8010000c40303'.padEnd(200, '0'), 'hex'));
    case 'pipelined':
      return answer(Buffer.concat([whole, whole]));
    default:
      return answer(whole);
  }
}

function lengthLines(length: number, hasBody: boolean, how: TransportChange | undefined): string[] {
  switch (how) {
    case 'chunked':
    case 'chunk-extension':
      return ['transfer-encoding: chunked'];
    case 'two-lengths':
      return [`content-length: ${length}`, `content-length: ${length + 1}`];
    case 'length-and-chunks':
      return [`content-length: ${length}`, 'transfer-encoding: chunked'];
    case 'short-length':
      return [`content-length: ${Math.max(0, length - 1)}`];
    case 'long-length':
      return [`content-length: ${length + 1}`];
    case 'bad-length':
      return ['content-length: -1'];
    default:
      return hasBody ? [`content-length: ${length}`] : [];
  }
}

function oddLines(how: TransportChange | undefined): string[] {
  switch (how) {
    case 'expect':
      return ['expect: 100-continue'];
    case 'huge-header':
      return [`x-huge: ${'h'.repeat(20_000)}`];
    case 'many-headers':
      return Array.from({ length: 300 }, (_, n) => `x-many-${n}: ${n}`);
    case 'folded':
      return ['x-folded: a', ' b'];
    case 'upgrade':
      return ['connection: upgrade', 'upgrade: h2c'];
    case 'null-in-header':
      return ['x-null: a\0b'];
    case 'connection-close':
      return ['connection: close'];
    default:
      return [];
  }
}

function chunks(content: Buffer, how: TransportChange): Buffer {
  const extension = how === 'chunk-extension' ? ';a="b"' : '';
  const half = Math.ceil(content.length / 2);
  const parts = [content.subarray(0, half), content.subarray(half)].filter((part) => part.length > 0);
  return Buffer.concat([
    ...parts.flatMap((part) => [Buffer.from(`${part.length.toString(16)}${extension}\r\n`), part, Buffer.from('\r\n')]),
    Buffer.from('0\r\n\r\n'),
  ]);
}
