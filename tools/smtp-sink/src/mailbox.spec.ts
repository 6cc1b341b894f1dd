import fc from 'fast-check';
import { refusalOf } from './faults.js';
import { fileNameOf, messageIdOf } from './mailbox.js';

const mail = (...lines: string[]): Buffer => Buffer.from(lines.join('\r\n'));

describe('the name of a mail', () => {
  it('is its Message-ID, whatever the case of the header and however it is folded', () => {
    expect(messageIdOf(mail('From: a@b', 'MESSAGE-ID:', ' <1@dozen>', '', 'x'))).toBe('1@dozen');
  });

  it('is never taken from the body', () => {
    expect(messageIdOf(mail('From: a@b', '', 'Message-ID: <1@dozen>'))).toBeUndefined();
  });

  it('names no file elsewhere, and is short enough for a file system', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 2_000 }).filter(isWellFormed), (id) => {
        const name = fileNameOf(id);
        expect(name).not.toMatch(/[/\\\0]/);
        expect(Buffer.byteLength(name)).toBeLessThan(200);
      }),
    );
  });

  it('differs for different ids', () => {
    const id = fc.string({ maxLength: 400 }).filter(isWellFormed);
    const two = fc.tuple(id, id).filter(([a, b]) => a !== b);
    fc.assert(fc.property(two, ([a, b]) => expect(fileNameOf(a)).not.toBe(fileNameOf(b))));
    expect(fileNameOf(`${'x'.repeat(300)}1`)).not.toBe(fileNameOf(`${'x'.repeat(300)}2`));
  });
});

describe('faults', () => {
  it('go by the local part, with or without a plus', () => {
    expect(refusalOf('fail@example.com')?.responseCode).toBe(451);
    expect(refusalOf('Fail+7@example.com')?.responseCode).toBe(451);
    expect(refusalOf('reject@example.com')?.responseCode).toBe(550);
    expect(refusalOf('failure@example.com')).toBeUndefined();
  });
});

function isWellFormed(text: string): boolean {
  return text.isWellFormed();
}
