import type { UrlKind } from '@dozen/config';

const bool = (value: string): string | undefined =>
  value === 'true' || value === 'false' ? undefined : 'it is true or false';
const name = (value: string): string | undefined => (/^[\w.-]{1,253}$/.test(value) ? undefined : 'it is a host name');

/**
 * As nodemailer reads it, which takes every option of its own as a parameter, and quietly drops those that it does not
 * know: these few are let in.
 */
export const SMTP: UrlKind = {
  protocols: ['smtp', 'smtps'],
  credentials: 'optional',
  query: { requireTLS: bool, name, 'tls.servername': name, 'tls.rejectUnauthorized': bool },
  check: ({ user = '', password = '' }) => (user !== '' && password === '' ? 'has a user and no password' : undefined),
  isEncrypted: ({ scheme, query }) =>
    (scheme === 'smtps' || query.get('requireTLS') === 'true') && query.get('tls.rejectUnauthorized') !== 'false',
};
