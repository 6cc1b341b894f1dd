import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  calculateJwkThumbprint,
  type CryptoKey,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
  type JWK_EC_Private,
} from 'jose';

const ALGORITHM = 'ES256';
const FILE = 'signing-key.json';

export interface SigningKey {
  readonly alg: typeof ALGORITHM;
  /** RFC 7638 thumbprint, so the same key has the same id everywhere. */
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly publicJwk: JWK;
}

/**
 * The key pair of this folder, made at the first start: tokens stay valid when the issuer restarts.
 * @throws when the file is there and is no ES256 key; it is never replaced, since tokens may hang on it.
 */
export async function loadSigningKey(dataDir: string): Promise<SigningKey> {
  const path = join(dataDir, FILE);
  const stored = await readStored(path);
  const jwk = stored ?? (await create(dataDir, path));
  const { d: _private, ...publicPart } = jwk;
  const kid = await calculateJwkThumbprint(publicPart);
  const privateKey = await importJWK(jwk, ALGORITHM);
  if (privateKey instanceof Uint8Array) throw new Error(`${path} holds a symmetric key`);
  return { alg: ALGORITHM, kid, privateKey, publicJwk: { ...publicPart, kid, alg: ALGORITHM, use: 'sig' } };
}

async function readStored(path: string): Promise<JWK_EC_Private | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const jwk = JSON.parse(text) as Partial<JWK_EC_Private>;
  const { kty, crv, x, y, d } = jwk;
  if (kty !== 'EC' || crv !== 'P-256' || x === undefined || y === undefined || d === undefined) {
    throw new Error(`${path} holds no ES256 key; delete it to have a new one`);
  }
  return { kty, crv, x, y, d };
}

async function create(dataDir: string, path: string): Promise<JWK_EC_Private> {
  const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
  const jwk = (await exportJWK(privateKey)) as JWK_EC_Private;
  await mkdir(dataDir, { recursive: true });
  // A kill in between leaves no half a key under the name that counts.
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, JSON.stringify(jwk), { mode: 0o600, flush: true });
  await rename(draft, path);
  return jwk;
}
