import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Facts } from './judge.js';

type Mail = Facts['mails'][number];

/** Where mails can be read, whatever took them. */
export interface Mails {
  read(): Promise<Facts['mails']>;
}

/** The mails that the server took, one file each. A file never changes: it is read once. */
export class MailFolder implements Mails {
  readonly #dir: string;
  readonly #read = new Map<string, Mail>();

  constructor(dir: string) {
    this.#dir = dir;
  }

  async read(): Promise<Facts['mails']> {
    for (const file of await readdir(this.#dir)) {
      if (!file.endsWith('.eml') || this.#read.has(file)) continue;
      this.#read.set(file, mailIn(file, await readFile(join(this.#dir, file), 'utf8')));
    }
    return [...this.#read.values()];
  }
}

function mailIn(file: string, text: string): Mail {
  return mailOf(/^message-id:\s*<([^>]+)>/im.exec(text)?.[1] ?? `none in ${file}`);
}

/** Message-IDs are `<order>.<template>@…`. */
export function mailOf(messageId: string): Mail {
  const [, orderId = messageId, template = ''] = /^([0-9a-f-]{36})\.([a-z-]+)@/.exec(messageId) ?? [];
  return { orderId, template, messageId };
}
