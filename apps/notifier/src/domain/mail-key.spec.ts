import { MailSent } from '@dozen/contracts';
import { newId } from '@dozen/kernel';
import { localeOf } from './locale.js';
import { messageIdOf } from './mail-key.js';
import { earlierThan, MAIL_TEMPLATES } from './mails/index.js';

describe('a Message-ID', () => {
  it('is the same for every attempt at a mail', () => {
    const orderId = '019a8f6e-0000-7000-8000-000000000001';
    const id = messageIdOf({ orderId, template: 'order-placed' }, 'dozen.example');
    expect(id).toBe('<019a8f6e-0000-7000-8000-000000000001.order-placed@dozen.example>');
    expect(messageIdOf({ orderId, template: 'order-placed' }, 'dozen.example')).toBe(id);
  });

  it('differs between orders and between templates', () => {
    const keys = [newId(), newId()].flatMap((orderId) => MAIL_TEMPLATES.map((template) => ({ orderId, template })));
    expect(new Set(keys.map((key) => messageIdOf(key, 'dozen.example'))).size).toBe(keys.length);
  });
});

describe('the name of a mail', () => {
  it('is one that MailSent carries, and no other mail has it', () => {
    const { template } = MailSent.schema.shape;
    expect(MAIL_TEMPLATES.filter((name) => !template.safeParse(name).success)).toEqual([]);
    expect(new Set<string>(MAIL_TEMPLATES).size).toBe(MAIL_TEMPLATES.length);
  });
});

describe('the language of a mail', () => {
  it.each([
    ['en', 'en'],
    ['en-GB', 'en'],
    ['de', 'de'],
    ['de-AT', 'de'],
    ['fr-FR', 'en'],
    ['den', 'en'],
  ])('for %s is %s', (tag, locale) => {
    expect(localeOf(tag)).toBe(locale);
  });
});

describe('the order of mails', () => {
  it('is that of an order’s life', () => {
    expect(earlierThan('order-placed')).toEqual([]);
    expect(earlierThan('order-cancelled')).toEqual(['order-placed']);
    expect(earlierThan('order-refunded')).toEqual([
      'order-placed',
      'order-confirmed',
      'order-rejected',
      'order-cancelled',
    ]);
  });
});
