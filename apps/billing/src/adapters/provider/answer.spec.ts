import { readAnswer } from './answer.js';

describe("the provider's answer", () => {
  it('is a capture or a refusal with its reason', () => {
    expect(readAnswer('{"id":"ch_1","status":"captured","extra":1}')).toEqual({
      kind: 'ChargeCaptured',
      reference: 'ch_1',
    });
    expect(readAnswer('{"id":"ch_1","status":"declined","declineCode":"card_declined"}')).toEqual({
      kind: 'ChargeDeclined',
      reference: 'ch_1',
      reason: 'card_declined',
    });
    expect(readAnswer('{"id":"ch_1","status":"declined"}')).toMatchObject({ reason: null });
  });

  it.each(['', '<html>', 'null', '[]', '{}', '{"id":"","status":"captured"}', '{"id":"ch_1","status":"pending"}'])(
    'is not read into %j: nothing is known then',
    (text) => {
      expect(readAnswer(text)).toBeUndefined();
    },
  );
});
