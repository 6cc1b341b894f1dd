import { DozenError } from '@dozen/kernel';
import { failureOf } from './smtp-failure.js';

const answered = (response: string, command: string) =>
  Object.assign(new Error(`failed: ${response}`), {
    code: 'EENVELOPE',
    command,
    response,
    responseCode: Number(response.slice(0, 3)),
  });
const ADDRESS = 'ada@example.org';

describe('a failed conversation with the mail server', () => {
  it.each(['RCPT TO', 'DATA'])('is a refusal when %s is answered by 5xx', (command) => {
    expect(failureOf(answered(`550 5.1.1 <${ADDRESS}>: unknown`, command))).toEqual({
      is: 'refused',
      answer: `550 5.1.1 to ${command}`,
    });
  });

  it.each([
    ['451 4.7.1 greylisted', 'RCPT TO', 'NTF-MAIL-DEFERRED'],
    ['421 too many connections', 'CONN', 'NTF-MAIL-DEFERRED'],
    ['535 5.7.8 bad credentials', 'AUTH PLAIN', 'NTF-SMTP-SETUP'],
    ['553 sender not yours', 'MAIL FROM', 'NTF-SMTP-SETUP'],
  ])('%s to %s is %s', (response, command, code) => {
    expect(failureOf(answered(response, command))).toMatchObject({ code });
  });

  it('is the connection without an answer', () => {
    const error = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ESOCKET', command: 'CONN' });
    expect(failureOf(error)).toMatchObject({ code: 'NTF-SMTP-UNAVAILABLE', cause: error });
    expect(failureOf('thrown text')).toMatchObject({ code: 'NTF-SMTP-UNAVAILABLE' });
  });

  it("keeps no word of the server's, since it quotes the address", () => {
    for (const command of ['RCPT TO', 'MAIL FROM']) {
      for (const status of ['450', '550 5.1.1']) {
        const failure = failureOf(answered(`${status} <${ADDRESS}> no`, command));
        const kept = failure instanceof DozenError ? [failure.message, failure.details, failure.cause] : failure;
        expect(JSON.stringify(kept)).not.toContain(ADDRESS);
      }
    }
  });
});
