export interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

export const body = (token: string, amount = 1250) => ({ amount, currency: 'EUR', token, reference: 'order-1' });

export const KEY = 'key-of-the-test';

export async function call(url: string, method = 'GET', options: RequestInit = {}): Promise<Answer> {
  const headers = new Headers({ authorization: `Bearer ${KEY}`, ...(options.headers as Record<string, string>) });
  const response = await fetch(url, { method, ...options, headers });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

export async function postCharge(url: string, key: string, request: object, signal?: AbortSignal): Promise<Answer> {
  return call(`${url}/v1/charges`, 'POST', {
    headers: { 'content-type': 'application/json', 'idempotency-key': key },
    body: JSON.stringify(request),
    ...(signal === undefined ? {} : { signal }),
  });
}
