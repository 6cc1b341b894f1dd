import { envUrl } from '@dozen/config';
import { urlTexts } from '@dozen/testing';
import fc from 'fast-check';
import { createTransport } from 'nodemailer';
import { SMTP } from './smtp-url.js';

const type = envUrl(SMTP);

describe('the URL of a mail server', () => {
  it('is taken by nodemailer as it is meant, whenever it is accepted', () => {
    let accepted = 0;
    const property = fc.property(urlTexts('smtp', 'smtps'), (text) => {
      if (!type.safeParse(text).success) return;
      accepted += 1;
      const { options } = createTransport({ url: text }).transporter as unknown as { options: SmtpOptions };
      const [, scheme, userinfo, host = '', port] =
        /^(\w+):\/\/(.*@)?([^/]*?)(?::(\d+))?\/?(?:\?.*)?$/.exec(text) ?? [];
      const [user = '', password = ''] = (userinfo ?? '').slice(0, -1).split(/:(.*)/s).map(decodeURIComponent);
      expect({
        secure: options.secure,
        host: options.host?.toLowerCase(),
        port: options.port,
        user: options.auth?.user ?? '',
        password: options.auth?.pass ?? '',
      }).toEqual({
        secure: scheme === 'smtps',
        host: host.replace(/^\[(.*)\]$/, '$1').toLowerCase(),
        port: port === undefined ? undefined : Number(port),
        user,
        password,
      });
    });
    fc.assert(property, { numRuns: 3_000 });
    expect(accepted).toBeGreaterThan(50);
  });

  it.each([
    ['smtp://h/inbox', 'must have no path'],
    ['smtp://u@h', 'has a user and no password'],
    [
      'smtp://h?ignoreTLS=true',
      'has a parameter that is not known; known are requireTLS, name, tls.servername, tls.rejectUnauthorized',
    ],
    ['smtp://h?requireTLS=yes', 'has a wrong requireTLS: it is true or false'],
    ['smtp://h:99999', 'has a port that is not a number from 1 to 65535'],
  ])('%s is refused: it %s', (text, problem) => {
    expect(type.safeParse(text).error?.issues[0]?.message).toBe(problem);
  });

  it.each([
    ['smtps://mail.example.com', true],
    ['smtp://mail.example.com?requireTLS=true', true],
    ['smtp://mail.example.com', false],
    ['smtps://mail.example.com?tls.rejectUnauthorized=false', false],
  ])('%s: encrypted and verified is %s', (text, encrypted) => {
    const url = new URL(text);
    const query = new Map(url.searchParams);
    expect(
      SMTP.isEncrypted({ scheme: url.protocol.slice(0, -1), hosts: [{ name: url.hostname }], path: '', query }),
    ).toBe(encrypted);
  });
});

interface SmtpOptions {
  readonly secure?: boolean;
  readonly host?: string;
  readonly port?: number;
  readonly auth?: { readonly user?: string; readonly pass?: string };
}
