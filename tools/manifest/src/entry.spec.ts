import { entrySchema, fillIn, placeholdersIn } from './entry.js';

const least = { processTypes: ['consumer'], table: 'parcels' };

describe('an entry of the manifest', () => {
  it('says what is not said by default', () => {
    expect(entrySchema.parse(least)).toEqual({
      ...least,
      seeded: false,
      env: {},
      demo: {},
      compose: { env: {}, published: false, ports: [] },
    });
  });

  it.each([
    [{ ...least, processTypes: ['worker'] }],
    [{ ...least, processTypes: [] }],
    [{ ...least, tabel: 'parcels' }],
    [{ ...least, env: { CARRIER_URL: '{carrier}' } }],
    [{ ...least, env: { carrierUrl: 'http://localhost' } }],
  ])('is refused: %j', (entry) => {
    expect(entrySchema.safeParse(entry).success).toBe(false);
  });

  it('has its placeholders filled in', () => {
    const fill = { identity: 'http://a', provider: 'http://b', 'provider-key': 'k', 'smtp-sink': 'smtp://c' };
    const env = { JWKS: '{identity}/jwks', KEY: '{provider-key}' };
    expect(fillIn(env, fill)).toEqual({ JWKS: 'http://a/jwks', KEY: 'k' });
    expect(placeholdersIn('{identity}/jwks')).toEqual(['identity']);
  });
});
