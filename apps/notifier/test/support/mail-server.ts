import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { domainToASCII } from 'node:url';
import { SMTPServer } from 'smtp-server';

/** How the server takes the next mail to an address. */
export type Behaviour =
  | { readonly at: 'recipient' | 'data'; readonly answer: string }
  /** Takes the mail and drops the connection instead of saying so. */
  | { readonly at: 'data'; readonly drop: true }
  /** Answers no sooner than this resolves. */
  | { readonly at: 'data'; readonly hold: Promise<void> };

export interface Received {
  readonly messageId: string;
  /** The recipient in the envelope. */
  readonly to: string;
  /** The recipient in the header. */
  readonly addressee: string;
  readonly subject: string;
  readonly raw: string;
  /** False when the server took back what it had read, by an answer that was no 250. */
  readonly taken: boolean;
}

/** A real SMTP server of the test's own. Each behaviour serves one attempt, in order; then mails are taken. */
export async function startMailServer() {
  const behaviours = new Map<string, Behaviour[]>();
  const received: Received[] = [];
  const attempts: string[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    closeTimeout: 100,
    onRcptTo: (recipient, _session, callback) => {
      const address = asSent(recipient.address);
      attempts.push(address);
      const next = behaviours.get(address)?.[0];
      const refused = next?.at === 'recipient';
      if (refused) behaviours.get(address)?.shift();
      callback(refused ? refusal(next.answer) : null);
    },
    onData: (stream, session, callback) => {
      void text(stream).then(async (raw) => {
        const to = asSent(session.envelope.rcptTo[0]?.address ?? '');
        const next = behaviours.get(to)?.shift();
        const answer = next !== undefined && 'answer' in next ? next.answer : undefined;
        if (next !== undefined && 'hold' in next) await next.hold;
        received.push({ ...headersOf(raw), raw, to, taken: answer === undefined });
        if (next !== undefined && 'drop' in next) {
          for (const connection of server.connections) if (connection.id === session.id) connection._socket.destroy();
        }
        callback(answer === undefined ? null : refusal(answer));
      });
    },
  });
  server.on('error', () => undefined);
  const listener = server.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  return {
    url: `smtp://127.0.0.1:${(listener.address() as AddressInfo).port}`,
    next: (address: string, ...upcoming: Behaviour[]): void => void behaviours.set(address, upcoming),
    receivedBy: (address: string): Received[] => received.filter(({ to }) => to === address),
    /** Conversations that got as far as the address. */
    attemptsAt: (address: string): number => attempts.filter((to) => to === address).length,
    /** How many connections are open. */
    connections: (): number => server.connections.size,
    /** Ends all connections, as a server that is restarted does. */
    hangUp: (): void => {
      for (const { _socket } of server.connections) _socket.destroy();
    },
    stop: () => new Promise<void>((resolve) => server.close(resolve)),
  };
}

/** smtp-server shows a domain in its own alphabet (`пример.рф`), whichever form was sent. */
function asSent(address: string): string {
  const at = address.lastIndexOf('@');
  return `${address.slice(0, at)}@${domainToASCII(address.slice(at + 1))}`;
}

function refusal(answer: string): Error {
  return Object.assign(new Error(answer.slice(4)), { responseCode: Number(answer.slice(0, 3)) });
}

function headersOf(raw: string): Pick<Received, 'messageId' | 'addressee' | 'subject'> {
  const head = (raw.split('\r\n\r\n')[0] ?? '').replace(/\r\n[ \t]+/g, ' ');
  const header = (name: string): string => new RegExp(`^${name}: (.*)$`, 'im').exec(head)?.[1] ?? '';
  return { messageId: header('message-id'), addressee: header('to'), subject: header('subject') };
}
