import { type Facts, mailOf, type Mails } from '../../src/index.js';

/** The image in docker-compose.yml. */
export const MAILPIT_IMAGE = 'axllent/mailpit:v1.27.11';
const PAGE = 500;

/** The mails that Mailpit took, by its API. */
export class Mailpit implements Mails {
  constructor(private readonly url: string) {}

  async read(): Promise<Facts['mails']> {
    const found: Facts['mails'][number][] = [];
    for (;;) {
      const answer = await fetch(`${this.url}/api/v1/messages?start=${found.length}&limit=${PAGE}`);
      const { messages } = (await answer.json()) as { messages: readonly { MessageID: string }[] };
      found.push(...messages.map(({ MessageID }) => mailOf(MessageID)));
      if (messages.length < PAGE) return found;
    }
  }
}
