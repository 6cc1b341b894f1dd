import type { Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { newId } from '@dozen/kernel';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type HttpProblemCode, httpProblems } from '../problems/catalogue.js';
import { PROBLEM_MEDIA_TYPE, type Problems } from '../problems/problem.js';

/** Node's parser errors that have a status of their own; anything else it could not read is a 400. */
const CODES: Readonly<Record<string, HttpProblemCode>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 'HTTP-REQUEST-TIMEOUT',
  HPE_HEADER_OVERFLOW: 'HTTP-HEADERS-TOO-LARGE',
};

const HEAD = Buffer.from('HEAD ');

/** What Node's parser fails with. */
interface ParserError extends Error {
  readonly code?: string | undefined;
  /** A Buffer with what was read last: all of a request that came in one piece. Fastify declares it as something else. */
  readonly rawPacket?: unknown;
}

/** A client that has its refusal and does not hang up is cut off after this, in ms. Sooner, it might not get to read it. */
const LINGER_MS = 1_000;

/**
 * Answers bytes that are no HTTP request, before there is a request to handle. `answering`: an earlier request of the
 * connection waits for its answer or is getting it; the refusal would be taken for that, so the connection is cut instead.
 */
export function answerProtocolError(
  error: ParserError,
  socket: Duplex,
  { problems, answering }: { problems: Problems; answering: boolean },
): void {
  if (error.code === 'ECONNRESET' || !socket.writable || answering) {
    socket.destroy();
    return;
  }
  const code = CODES[error.code ?? ''] ?? 'HTTP-BAD-REQUEST';
  refuse(socket, refusal(problems, code), { bodiless: isHead(error) });
}

/** An answer to HEAD has no body (RFC 9110 section 9.3.2), and a client takes one for the next answer. */
function isHead({ rawPacket }: ParserError): boolean {
  return Buffer.isBuffer(rawPacket) && rawPacket.subarray(0, HEAD.length).equals(HEAD);
}

/** Answers what Node would answer by itself without a body, or not at all. */
export function refuseUnusual(
  server: Server,
  { problems, answering }: { problems: Problems; answering: (socket: Duplex) => boolean },
): void {
  // RFC 9110 section 10.1.1: anything but 100-continue.
  server.on('checkExpectation', (_request, response) => {
    const { status, headers, body } = refusal(problems, 'HTTP-EXPECTATION');
    response.writeHead(status, headers).end(body);
  });
  // CONNECT is a request to a proxy. Node hands over the socket and with it the duty to listen for its errors: a reset that
  // nobody listens for is thrown.
  server.on('connect', (_request, socket) => {
    socket.on('error', () => socket.destroy());
    if (answering(socket)) socket.destroy();
    else refuse(socket, refusal(problems, 'HTTP-BAD-REQUEST'));
  });
}

/** RFC 9112 section 3.2: a request of HTTP/1.1 names one host. Node would refuse none without a body, and take two. */
export function oneHost(fastify: FastifyInstance, problems: Problems): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    if (request.raw.httpVersion !== '1.1' || hostsOf(request) === 1) {
      done();
      return;
    }
    // The refusal is sent and not thrown: thrown, it would be a 500 on routes that are not Nest's.
    const kind = httpProblems['HTTP-BAD-REQUEST'];
    problems.send(reply, request.id, { code: 'HTTP-BAD-REQUEST', kind, detail: 'one Host header is expected' });
  });
}

function hostsOf({ raw: { rawHeaders } }: FastifyRequest): number {
  return rawHeaders.filter((text, index) => index % 2 === 0 && text.toLowerCase() === 'host').length;
}

function refuse(socket: Duplex, refused: ReturnType<typeof refusal>, { bodiless = false } = {}): void {
  const { status, title, headers, body } = refused;
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${title}\r\n${lines.join('')}\r\n${bodiless ? '' : body}`);
  const cut = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.once('close', () => clearTimeout(cut));
}

function refusal(problems: Problems, code: HttpProblemCode) {
  const kind = httpProblems[code];
  const body = JSON.stringify(problems.body(code, kind, { requestId: newId() }));
  return {
    status: kind.status,
    title: kind.title,
    headers: {
      'Content-Type': PROBLEM_MEDIA_TYPE,
      'Cache-Control': 'no-store',
      'Content-Length': Buffer.byteLength(body),
      Connection: 'close',
    },
    body,
  };
}
