import type { DozenError } from '@dozen/kernel';
import { CONFIG } from '@dozen/service';
import { inSpan, type OpenSpan, spans, timer } from '@dozen/telemetry';
import { Inject, Injectable } from '@nestjs/common';
import { PaymentProvider } from '../../application/ports.js';
import type { BillingConfig } from '../../config.js';
import type { ChargeAnswer, ChargeRequest } from '../../domain/payment.js';
import { billingError, type BillingErrorCode } from '../../errors.js';
import { billingMetrics } from '../../metrics.js';
import { readCharge, readPayment } from './answer.js';

export type ProviderConfig = Pick<
  BillingConfig,
  'PAYMENT_PROVIDER_URL' | 'PAYMENT_PROVIDER_KEY' | 'PAYMENT_PROVIDER_TIMEOUT_MS'
>;

type Call = OpenSpan<typeof spans.provider>;

interface Request {
  /** Below /v1. */
  readonly path: string;
  /** The same with placeholders, for what is counted. */
  readonly template: string;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
  /** The status of an answer that is understood. */
  readonly status: number;
  readonly read: (text: string) => ChargeAnswer | undefined;
  /** For an operator. */
  readonly about: { readonly idempotencyKey: string } | { readonly reference: string };
}

/** The provider over HTTP; tools/provider has its interface. */
@Injectable()
export class HttpPaymentProvider extends PaymentProvider {
  readonly #base: URL;
  readonly #authorization: string;
  readonly #timeoutMs: number;
  readonly #duration = timer(billingMetrics.providerDuration);

  constructor(@Inject(CONFIG) config: ProviderConfig) {
    super();
    // A base URL may have a path of its own; without the slash its last part would be replaced.
    this.#base = new URL('v1/', config.PAYMENT_PROVIDER_URL.replace(/\/*$/, '/'));
    this.#authorization = `Bearer ${config.PAYMENT_PROVIDER_KEY}`;
    this.#timeoutMs = config.PAYMENT_PROVIDER_TIMEOUT_MS;
  }

  charge({ idempotencyKey, amount, paymentToken, orderId }: ChargeRequest, signal: AbortSignal): Promise<ChargeAnswer> {
    return this.#ask(
      {
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
    const template = 'payments/{key}/cancel';
    return this.#ask({ path, template, status: 200, read: readPayment, about: { idempotencyKey } }, signal);
  }

  refund(reference: string, signal: AbortSignal): Promise<ChargeAnswer> {
    const path = `charges/${encodeURIComponent(reference)}/refund`;
    const template = 'charges/{reference}/refund';
    return this.#ask({ path, template, status: 200, read: readCharge, about: { reference } }, signal);
  }

  #ask(request: Request, signal: AbortSignal): Promise<ChargeAnswer> {
    const { hostname, port } = this.#base;
    const called = { 'http.request.method': 'POST', 'server.address': hostname, 'url.template': request.template };
    const attributes = { ...called, ...(port === '' ? {} : { 'server.port': Number(port) }) };
    return inSpan(spans.provider, { name: `POST ${request.template}`, attributes }, (span) =>
      this.#duration.time(called, () => this.#answer(request, signal, span)),
    );
  }

  async #answer(request: Request, signal: AbortSignal, span: Call): Promise<ChargeAnswer> {
    const { status, text } = await this.#post(request, signal, span);
    span.set({ 'http.response.status_code': status });
    const answer = status === request.status ? request.read(text) : undefined;
    if (answer === undefined) throw failure(codeOf(status), { ...request.about, status });
    return answer;
  }

  async #post({ path, headers = {}, body, about }: Request, signal: AbortSignal, { trace: { traceparent } }: Call) {
    const timeout = AbortSignal.timeout(this.#timeoutMs);
    try {
      const response = await fetch(new URL(path, this.#base), {
        method: 'POST',
        headers: { ...headers, authorization: this.#authorization, traceparent },
        body: body === undefined ? null : JSON.stringify(body),
        // A redirect would carry the token and the key to a host that nobody configured.
        redirect: 'manual',
        signal: AbortSignal.any([signal, timeout]),
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
function failure(code: BillingErrorCode, details: Request['about'] & { status?: number }, cause?: unknown): DozenError {
  const status = details.status === undefined ? '' : ` (status ${details.status})`;
  return billingError(code, `the payment provider did not do it${status}`, { details, cause });
}
