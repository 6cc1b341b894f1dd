import { MIMEType } from 'node:util';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ProblemError } from '../problems/problem-error.js';

/** Refuses bytes that are no UTF-8, where Node would put U+FFFD; leaves out a BOM, as RFC 8259 section 8.1 allows. */
const UTF_8 = new TextDecoder('utf-8', { fatal: true });
/** RFC 8259 gives JSON no charset, but clients send this one. The second is the usual misspelling. */
const CHARSETS: readonly string[] = ['utf-8', 'utf8'];

/**
 * What a request may carry: JSON (RFC 8259) in UTF-8, not compressed, or no body, whatever Content-Type says then. All other
 * types of body, Fastify's text and Nest's forms too, are refused: HTTP-MEDIA-TYPE, HTTP-CONTENT-CODING, HTTP-NOT-UTF8,
 * HTTP-BAD-JSON (with a key `__proto__` as well). Of two equal keys the last counts.
 */
export function bodies(fastify: FastifyInstance): void {
  const parseJson = fastify.getDefaultJsonParser('error', 'error');
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('*', { parseAs: 'buffer' }, (request, bytes: Buffer, done) => {
    // What is not there is not there, whatever is sent to it.
    if (bytes.length === 0 || request.is404) {
      done(null);
      return;
    }
    const refusal = refusalOf(request);
    if (refusal !== undefined) {
      done(refusal);
      return;
    }
    const text = decode(bytes);
    if (text instanceof ProblemError) done(text);
    else void parseJson(request, text, done);
  });
}

function refusalOf({ headers }: FastifyRequest): ProblemError | undefined {
  const coding = headers['content-encoding']?.trim().toLowerCase() ?? '';
  if (coding !== '' && coding !== 'identity') {
    return new ProblemError('HTTP-CONTENT-CODING', 'send the body as it is, without Content-Encoding');
  }
  const type = mediaTypeOf(headers['content-type']);
  if (type?.essence !== 'application/json') return new ProblemError('HTTP-MEDIA-TYPE', 'application/json is taken');
  const charset = type.params.get('charset')?.toLowerCase() ?? 'utf-8';
  return CHARSETS.includes(charset)
    ? undefined
    : new ProblemError('HTTP-MEDIA-TYPE', 'application/json is taken, in UTF-8');
}

function mediaTypeOf(header: string | undefined): MIMEType | undefined {
  try {
    return header === undefined ? undefined : new MIMEType(header);
  } catch {
    // It names no type at all.
    return undefined;
  }
}

function decode(bytes: Buffer): string | ProblemError {
  try {
    return UTF_8.decode(bytes);
  } catch (cause) {
    return new ProblemError('HTTP-NOT-UTF8', 'the body has bytes that are no UTF-8', { cause });
  }
}
