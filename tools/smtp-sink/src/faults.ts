/** An SMTP refusal: `responseCode` is what the server library answers with. */
export class Refusal extends Error {
  constructor(
    readonly responseCode: 451 | 452 | 550 | 552,
    message: string,
  ) {
    super(message);
  }
}

const FAULTS: ReadonlyMap<string, () => Refusal> = new Map([
  ['fail', () => new Refusal(451, '4.3.0 this recipient fails for now')],
  ['reject', () => new Refusal(550, '5.1.1 this recipient does not exist')],
]);

/** By the local part, without what follows a plus: `fail+order-7@example.com` fails like `fail@example.com`. */
export function refusalOf(address: string): Refusal | undefined {
  const local = address.slice(0, address.lastIndexOf('@')).split('+')[0]?.toLowerCase() ?? '';
  return FAULTS.get(local)?.();
}
