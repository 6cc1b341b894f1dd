import { entryName, isSessionId, newSessionId, seal, unseal } from './seal.js';

describe('a sealed session', () => {
  const id = newSessionId();

  it('opens with its id, and looks different each time', () => {
    expect(isSessionId(id)).toBe(true);
    expect(unseal(id, seal(id, 'ein Täkst'))).toBe('ein Täkst');
    expect(seal(id, 'text')).not.toBe(seal(id, 'text'));
  });

  it('opens with no other id', () => {
    const sealed = seal(id, 'text');
    expect(() => unseal(newSessionId(), sealed)).toThrow();
  });

  it.each([0, 12, 28])('does not open when byte %i was changed', (at) => {
    const bytes = Buffer.from(seal(id, 'text'), 'base64url');
    bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
    expect(() => unseal(id, bytes.toString('base64url'))).toThrow();
  });

  it('has a name that says nothing of the id', () => {
    expect(entryName(id)).not.toContain(id.slice(0, 8));
    expect(entryName(id)).toBe(entryName(id));
  });
});
