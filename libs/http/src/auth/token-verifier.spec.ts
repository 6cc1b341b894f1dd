import { jest } from '@jest/globals';
import { generateKeyPair, SignJWT } from 'jose';
import { TokenVerifier } from './token-verifier.js';

const { privateKey, publicKey } = await generateKeyPair('ES256');
const issuer = 'https://issuer.test';

const signed = (sub: string, endsInS = 600) =>
  new SignJWT({ email: `${sub}@example.org` })
    .setProtectedHeader({ alg: 'ES256' })
    .setSubject(sub)
    .setIssuer(issuer)
    .setAudience('dozen')
    .setExpirationTime(Math.floor(Date.now() / 1000) + endsInS)
    .sign(privateKey);

/** A verifier, and how often it has asked for the key. */
function counting() {
  const keys = jest.fn(() => Promise.resolve(publicKey));
  return { keys, verifier: new TokenVerifier(keys, { issuer, audience: ['dozen'] }) };
}

/** From now on the process has that much later. */
function later(seconds: number): void {
  const now = Date.now() + 1000 * seconds;
  jest.spyOn(Date, 'now').mockReturnValue(now);
}

describe('a token that was good a moment ago', () => {
  afterEach(() => jest.restoreAllMocks());

  it('is not verified again for 30 s, and then is', async () => {
    const { keys, verifier } = counting();
    const token = await signed('ada');
    const [first, again] = [await verifier.verify(token), await verifier.verify(token)];
    expect(again).toEqual(first);
    expect(keys).toHaveBeenCalledTimes(1);
    later(31);
    await verifier.verify(token);
    expect(keys).toHaveBeenCalledTimes(2);
  });

  it('is verified again when it is not accepted any more', async () => {
    const { keys, verifier } = counting();
    // Ended, and accepted for another 5 s: clocks may differ.
    const token = await signed('ada', -25);
    await verifier.verify(token);
    later(6);
    await verifier.verify(token);
    expect(keys).toHaveBeenCalledTimes(2);
  });

  it('is one of the last thousand', async () => {
    const { keys, verifier } = counting();
    const tokens = await Promise.all(Array.from({ length: 1_001 }, (_, n) => signed(`user-${n}`)));
    for (const token of tokens) await verifier.verify(token);
    await verifier.verify(tokens[1_000] ?? '');
    expect(keys).toHaveBeenCalledTimes(1_001);
    await verifier.verify(tokens[0] ?? '');
    expect(keys).toHaveBeenCalledTimes(1_002);
  });

  it('says nothing of another one', async () => {
    const { verifier } = counting();
    const token = await signed('ada');
    await verifier.verify(token);
    await expect(verifier.verify(`${token.slice(0, -6)}AAAAAA`)).rejects.toMatchObject({ code: 'AUTH-INVALID-TOKEN' });
    expect(await verifier.verify(await signed('bob'))).toMatchObject({ id: 'bob' });
  });
});
