import { type DozenError, inPages } from '@dozen/kernel';
import { inSpan, type OpenSpan, spans, timer } from '@dozen/telemetry';
import { PaymentProvider } from '../../application/ports.js';
import type { BillingConfig } from '../../config.js';
import type { ChargeAnswer, ChargeRequest } from '../../domain/payment.js';
import type { ProviderCharge } from '../../domain/reconciliation.js';
import { billingError, type BillingErrorCode } from '../../errors.js';
import { billingMetrics } from '../../metrics.js';
import { readCharge, readCharges, readPayment } from './answer.js';

export type ProviderConfig = Pick<
  BillingConfig,
  'PAYMENT_PROVIDER_URL' | 'PAYMENT_PROVIDER_KEY' | 'PAYMENT_PROVIDER_TIMEOUT_MS'
>;

type Call = OpenSpan<typeof spans.provider>;

/** For the list of charges: how many at once, and how long that may take. */
const PAGE = 1_000;
const PAGE_TIMEOUT_MS = 30_000;

interface Request<T> {
  readonly method: 'GET' | 'POST';
  /** Below /v1. */
  readonly path: string;
  /** The same with placeholders, for what is counted. */
  readonly template: string;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
  /** The status of an answer that is understood. */
  readonly status: number;
  readonly read: (text: string) => T | undefined;
  /** What the request is about: the details of an error, for an operator. */
  readonly about: { readonly idempotencyKey?: string; readonly reference?: string };
  readonly timeoutMs?: number;
}

/** The provider over HTTP; tools/provider has its interface. */
export class HttpPaymentProvider extends PaymentProvider {
  readonly #base: URL;
  readonly #authorization: string;
  readonly #timeoutMs: number;
  readonly #duration = timer(billingMetrics.providerDuration);

  constructor(config: ProviderConfig) {
    super();
    // A base URL may have a path of its own; without the slash its last part would be replaced.
    this.#base = new URL('v1/', config.PAYMENT_PROVIDER_URL.replace(/\/*$/, '/'));
    this.#authorization = `Bearer ${config.PAYMENT_PROVIDER_KEY}`;
    this.#timeoutMs = config.PAYMENT_PROVIDER_TIMEOUT_MS;
  }

  charge({ idempotencyKey, amount, paymentToken, orderId }: ChargeRequest, signal: AbortSignal): Promise<ChargeAnswer> {
    return this.#ask(
      {
        method: 'POST',
        path: 'charges',
        template: 'charges',
        headers: { 'content-type': 'application/json', 'idempotency-key': idempotencyKey },
        body: { ...amount, token: paymentToken, reference: orderId },
        status: 201,
        read: readCharge,
        about: { idempotencyKey },
      },
      signal,
    );
  }

  void(idempotencyKey: string, signal: AbortSignal): Promise<ChargeAnswer> {
    const path = `payments/${encodeURIComponent(idempotencyKey)}/cancel`;
    const request = { method: 'POST', path, template: 'payments/{key}/cancel', status: 200 } as const;
    return this.#ask({ ...request, read: readPayment, about: { idempotencyKey } }, signal);
  }

  refund(reference: string, signal: AbortSignal): Promise<ChargeAnswer> {
    const path = `charges/${encodeURIComponent(reference)}/refund`;
    const request = { method: 'POST', path, template: 'charges/{reference}/refund', status: 200 } as const;
    return this.#ask({ ...request, read: readCharge, about: { reference } }, signal);
  }

  charges(): AsyncIterable<ProviderCharge> {
    return inPages((last?: ProviderCharge) => {
      const after = last === undefined ? '' : `&after=${encodeURIComponent(last.reference)}`;
      return this.#list(`charges?limit=${PAGE}${after}`, {});
    });
  }

  async chargeOf(idempotencyKey: string): Promise<ProviderCharge | undefined> {
    return (await this.#list(`charges?key=${encodeURIComponent(idempotencyKey)}`, { idempotencyKey }))[0];
  }

  #list(path: string, about: Request<unknown>['about']): Promise<readonly ProviderCharge[]> {
    const request = { method: 'GET', path, template: 'charges', status: 200, timeoutMs: PAGE_TIMEOUT_MS } as const;
    return this.#ask({ ...request, read: readCharges, about });
  }

  #ask<T>(request: Request<T>, signal?: AbortSignal): Promise<T> {
    const { hostname, port } = this.#base;
    const { method, template } = request;
    const called = { 'http.request.method': method, 'server.address': hostname, 'url.template': template };
    const attributes = { ...called, ...(port === '' ? {} : { 'server.port': Number(port) }) };
    return inSpan(spans.provider, { name: `${method} ${template}`, attributes }, (span) =>
      this.#duration.time(called, () => this.#answer(request, signal, span)),
    );
  }

  async #answer<T>(request: Request<T>, signal: AbortSignal | undefined, span: Call): Promise<T> {
    const { status, text } = await this.#send(request, signal, span);
    span.set({ 'http.response.status_code': status });
    const answer = status === request.status ? request.read(text) : undefined;
    if (answer === undefined) throw failure(codeOf(status), { ...request.about, status });
    return answer;
  }

  async #send(request: Request<unknown>, signal: AbortSignal | undefined, { trace: { traceparent } }: Call) {
    const { method, path, headers = {}, body, about, timeoutMs = this.#timeoutMs } = request;
    const timeout = AbortSignal.timeout(timeoutMs);
    try {
      const response = await fetch(new URL(path, this.#base), {
        method,
        headers: { ...headers, authorization: this.#authorization, traceparent },
        body: body === undefined ? null : JSON.stringify(body),
        // A redirect would carry the token and the key to a host that nobody configured.
        redirect: 'manual',
        signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
      });
      return { status: response.status, text: await response.text() };
    } catch (cause) {
      throw failure(timeout.aborted ? 'BIL-PROVIDER-TIMEOUT' : 'BIL-PROVIDER-UNAVAILABLE', about, cause);
    }
  }
}

/** The code for an answer that is not understood, by its status. */
function codeOf(status: number): BillingErrorCode {
  if (status >= 500 || status === 429) return 'BIL-PROVIDER-UNAVAILABLE';
  if (status === 401 || status === 403) return 'BIL-PROVIDER-UNAUTHORIZED';
  if (status === 422) return 'BIL-PROVIDER-KEY-REUSED';
  return status >= 400 ? 'BIL-PROVIDER-REFUSED' : 'BIL-PROVIDER-ANSWER';
}

/** Never what the provider wrote: an error text of theirs may repeat the request, and with it the token. */
function failure(
  code: BillingErrorCode,
  details: Request<unknown>['about'] & { status?: number },
  cause?: unknown,
): DozenError {
  const status = details.status === undefined ? '' : ` (status ${details.status})`;
  return billingError(code, `the payment provider did not do it${status}`, { details, cause });
}
