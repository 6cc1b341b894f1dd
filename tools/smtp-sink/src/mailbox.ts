import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { link, open, unlink } from 'node:fs/promises';
import { join } from 'node:path';

/** Longer ones are shortened to a hash: file names end at 255 bytes. */
const LONGEST_NAME = 180;

/**
 * A folder with one file per mail received: `<Message-ID>.<n>.eml`. The second mail with one Message-ID is `.2.eml`, so
 * that repeats can be counted, also over restarts.
 */
export class Mailbox {
  constructor(private readonly dir: string) {
    mkdirSync(dir, { recursive: true });
  }

  /** Returns the file's name once the mail is on the disk; the file is there whole or not at all. */
  async store(mail: Buffer): Promise<string> {
    const draft = join(this.dir, `.${randomUUID()}.part`);
    const file = await open(draft, 'wx');
    try {
      await file.writeFile(mail);
      await file.sync();
    } finally {
      await file.close();
    }
    try {
      return await this.#name(draft, fileNameOf(messageIdOf(mail)));
    } finally {
      await unlink(draft);
    }
  }

  /** link(2) refuses a name that is taken, where rename(2) would replace the mail that has it. */
  async #name(draft: string, base: string): Promise<string> {
    for (let count = 1; ; count += 1) {
      const name = `${base}.${count}.eml`;
      try {
        await link(draft, join(this.dir, name));
        return name;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
    }
  }
}

/** Without its angle brackets; undefined for a mail that has none. The header may be folded (RFC 5322, 2.2.3). */
export function messageIdOf(mail: Buffer): string | undefined {
  const text = mail.toString('latin1');
  const end = /\r?\n\r?\n/.exec(text)?.index ?? text.length;
  const header = text.slice(0, end).replace(/\r?\n[ \t]+/g, ' ');
  return /^message-id:\s*<([^>\s]+)>/im.exec(header)?.[1];
}

/** Different ids have different names, and no id names a file elsewhere. */
export function fileNameOf(messageId: string | undefined): string {
  if (messageId === undefined) return 'no-message-id';
  const name = encodeURIComponent(messageId).replaceAll('%40', '@');
  if (name.length <= LONGEST_NAME) return name;
  return `${name.slice(0, LONGEST_NAME - 65)}-${createHash('sha256').update(messageId).digest('hex')}`;
}
