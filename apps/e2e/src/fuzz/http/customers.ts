import { createHmac, generateKeyPairSync } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { newId } from '@dozen/kernel';
import { importJWK, type JWK, SignJWT } from 'jose';
import { openShop } from '../../shop.js';
import type { World } from '../world.js';
import { CUSTOMERS } from './http-case.js';
import type { OrderChoice } from './oddity.js';
import type { Surroundings } from './request.js';
import { GOOD_TOKEN, type TokenPlan } from './token-plan.js';

type SigningKey = Parameters<SignJWT['sign']>[0];

const HOUR_S = 3600;
const FINAL_MS = 60_000;
const LOOK_EVERY_MS = 100;
const TIMES = new Set(['exp', 'nbf', 'iat']);

/** Customers with an order each, and tokens of every kind for them: the rig has the issuer's key. */
export class Customers implements Surroundings {
  readonly #key: SigningKey;
  readonly #jwk: JWK;
  readonly #kid: string;
  readonly #issuer: string;
  readonly #orders: readonly string[];
  readonly #good = new Map<number, Promise<string>>();
  readonly #otherKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;

  private constructor(options: { key: SigningKey; jwk: JWK; kid: string; issuer: string; orders: readonly string[] }) {
    this.#key = options.key;
    this.#jwk = options.jwk;
    this.#kid = options.kid;
    this.#issuer = options.issuer;
    this.#orders = options.orders;
  }

  static async open(world: World): Promise<Customers> {
    const file = join(world.system.folders.identity, 'signing-key.json');
    const jwk = JSON.parse(await readFile(file, 'utf8')) as JWK;
    const keys = (await (await fetch(new URL('/.well-known/jwks.json', world.identityUrl))).json()) as {
      keys: { kid: string }[];
    };
    const orders = await Promise.all(Array.from({ length: CUSTOMERS }, (_, n) => placeOne(world, subject(n))));
    return new Customers({
      key: await importJWK(jwk, 'ES256'),
      jwk,
      kid: keys.keys[0]?.kid ?? '',
      issuer: world.identityUrl.replace(/\/$/, ''),
      orders,
    });
  }

  /** The ids of the orders that the customers were given. */
  get orderIds(): readonly string[] {
    return this.#orders;
  }

  orderId(whose: OrderChoice['whose'], customer: number): string {
    if (whose === 'nobody') return newId();
    return this.#orders[(customer + (whose === 'other' ? 1 : 0)) % CUSTOMERS] ?? '';
  }

  newKey(): string {
    return newId();
  }

  async credentials(plan: TokenPlan, customer: number): Promise<{ lines: readonly string[]; query?: string }> {
    switch (plan.form) {
      case 'none':
        return { lines: [] };
      case 'raw':
        return { lines: [`authorization: ${plan.value}`] };
      case 'cookie':
        return { lines: [`cookie: dozen-session=${plan.value}`] };
      case 'signed':
        return { lines: [`authorization: ${plan.scheme} ${await this.#signed(plan.claims, customer)}`] };
      case 'damaged':
        return this.#damaged(plan.how, customer);
    }
  }

  /** A token for somebody with these claims over the usual ones. */
  async #signed(claims: Readonly<Record<string, unknown>>, customer: number): Promise<string> {
    if (Object.keys(claims).length > 0) return this.#sign(this.#payload(claims, customer));
    const known = this.#good.get(customer) ?? this.#sign(this.#payload({}, customer));
    this.#good.set(customer, known);
    return known;
  }

  #payload(claims: Readonly<Record<string, unknown>>, customer: number): Record<string, unknown> {
    const now = Math.floor(Date.now() / 1000);
    const payload: Record<string, unknown> = {
      iss: this.#issuer,
      aud: 'dozen',
      sub: subject(customer),
      email: `${subject(customer)}@example.org`,
      locale: 'en',
      scope: 'orders:read orders:write',
      iat: now,
      exp: now + 2 * HOUR_S,
    };
    for (const [name, value] of Object.entries(claims)) {
      payload[name] = TIMES.has(name) && typeof value === 'number' ? now + value : value;
    }
    return Object.fromEntries(Object.entries(payload).filter(([, value]) => value !== null));
  }

  #sign(payload: Record<string, unknown>, key: SigningKey = this.#key): Promise<string> {
    return new SignJWT(payload).setProtectedHeader({ alg: 'ES256', typ: 'JWT', kid: this.#kid }).sign(key);
  }

  async #damaged(
    how: Extract<TokenPlan, { form: 'damaged' }>['how'],
    customer: number,
  ): Promise<{ lines: readonly string[]; query?: string }> {
    const good = await this.#signed({}, customer);
    const [head = '', body = '', signature = ''] = good.split('.');
    const bearer = (token: string): { lines: readonly string[] } => ({ lines: [`authorization: Bearer ${token}`] });
    const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    switch (how) {
      case 'alg-none':
        return bearer(`${encoded({ alg: 'none', typ: 'JWT', kid: this.#kid })}.${body}.`);
      case 'hs256': {
        const signed = `${encoded({ alg: 'HS256', typ: 'JWT', kid: this.#kid })}.${body}`;
        const { d: _private, ...open } = this.#jwk;
        return bearer(`${signed}.${createHmac('sha256', JSON.stringify(open)).update(signed).digest('base64url')}`);
      }
      case 'cut':
        return bearer(good.slice(0, -10));
      case 'signature':
        return bearer(`${head}.${body}.${signature.split('').reverse().join('')}`);
      case 'payload':
        return bearer(`${head}.${encoded(this.#payload({ sub: 'admin' }, customer))}.${signature}`);
      case 'other-key':
        return bearer(await this.#sign(this.#payload({}, customer), this.#otherKey));
      case 'no-kid':
        return bearer(
          await new SignJWT(this.#payload({}, customer)).setProtectedHeader({ alg: 'ES256' }).sign(this.#key),
        );
      case 'twice':
        return { lines: [`authorization: Bearer ${good}`, `authorization: Bearer ${good}`] };
      case 'in-query':
        return { lines: [], query: `access_token=${good}` };
    }
  }

  /** The header with which the rig itself reads. */
  async authorization(customer: number): Promise<string> {
    const { lines } = await this.credentials(GOOD_TOKEN, customer);
    return lines.join('').replace('authorization: ', '');
  }
}

export function subject(customer: number): string {
  return `fuzz-${customer}`;
}

async function placeOne(world: World, customer: string): Promise<string> {
  const shop = await openShop({ gatewayUrl: () => world.gatewayUrl, identityUrl: world.identityUrl, customer });
  const id = await shop.place({ items: [{ sku: 'COFFEE-1KG', quantity: 1 }], paymentToken: 'tok_ok' });
  const deadline = performance.now() + FINAL_MS;
  while ((await shop.view(id)).status !== 'confirmed') {
    if (performance.now() > deadline) throw new Error(`the first order of ${customer} is not confirmed after a minute`);
    await sleep(LOOK_EVERY_MS);
  }
  return id;
}
