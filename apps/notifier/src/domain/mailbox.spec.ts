import { parseMailbox } from './mailbox.js';

describe('a sender', () => {
  it.each([
    ['orders@dozen.example', { name: '', address: 'orders@dozen.example', domain: 'dozen.example' }],
    ['Dozen <orders@dozen.example>', { name: 'Dozen', address: 'orders@dozen.example', domain: 'dozen.example' }],
    ['"Dozen, Ltd" <o+x@dozen.example>', { name: 'Dozen, Ltd', address: 'o+x@dozen.example', domain: 'dozen.example' }],
    [' shop@localhost ', { name: '', address: 'shop@localhost', domain: 'localhost' }],
  ])('is read from %j', (text, mailbox) => {
    expect(parseMailbox(text)).toEqual(mailbox);
  });

  it.each(['', 'dozen', '@dozen.example', 'a@', 'a@b, c@d', 'a@b <c@d', 'A <a@b> x', 'a b@c', 'a@b.', 'x\r\ny <a@b>'])(
    'is not %j',
    (text) => {
      expect(parseMailbox(text)).toBeUndefined();
    },
  );
});
