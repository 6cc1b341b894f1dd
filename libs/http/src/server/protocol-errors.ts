import type { Socket } from 'node:net';
import { newId } from '@dozen/kernel';
import { type HttpProblemCode, httpProblems } from '../problems/catalogue.js';
import { PROBLEM_MEDIA_TYPE, problem } from '../problems/problem.js';

/** Node's parser errors that have a status of their own; anything else it could not read is a 400. */
const CODES: Readonly<Record<string, HttpProblemCode>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 'HTTP-REQUEST-TIMEOUT',
  HPE_HEADER_OVERFLOW: 'HTTP-HEADERS-TOO-LARGE',
};

/** Answers bytes that are no HTTP request, before there is a request to handle. For Fastify's `clientErrorHandler`. */
export function answerProtocolError(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const code = CODES[error.code ?? ''] ?? 'HTTP-BAD-REQUEST';
  const kind = httpProblems[code];
  const body = JSON.stringify(problem(code, kind, { requestId: newId() }));
  socket.end(
    `HTTP/1.1 ${kind.status} ${kind.title}\r\nContent-Type: ${PROBLEM_MEDIA_TYPE}\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}
