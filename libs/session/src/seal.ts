import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';

const CIPHER = 'aes-256-gcm';
const ID_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const ID = /^[A-Za-z0-9_-]{43}$/;

/** 256 random bits in base64url. */
export function newSessionId(): string {
  return randomBytes(ID_BYTES).toString('base64url');
}

export function isSessionId(text: string): boolean {
  return ID.test(text);
}

/** The name of the session's entry. It does not lead back to the id. */
export function entryName(id: string): string {
  return createHash('sha256').update(`name ${id}`).digest('base64url');
}

/** AES-256-GCM under a key that follows from the id. Base64url of iv, tag and what is sealed. */
export function seal(id: string, text: string): string {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(CIPHER, keyOf(id), iv);
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64url');
}

/** Throws when it was sealed with another id, or changed since. */
export function unseal(id: string, sealed: string): string {
  const bytes = Buffer.from(sealed, 'base64url');
  const decipher = createDecipheriv(CIPHER, keyOf(id), bytes.subarray(0, IV_BYTES));
  decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
  return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]).toString('utf8');
}

function keyOf(id: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', id, '', 'dozen session', 32));
}
