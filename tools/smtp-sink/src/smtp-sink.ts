import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerDataStream } from 'smtp-server';
import { Refusal, refusalOf } from './faults.js';
import { Mailbox } from './mailbox.js';

const LARGEST_MAIL = 10 * 1024 * 1024;

export interface SmtpSinkOptions {
  /** Folder of the mails, made if missing. */
  readonly mailDir: string;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default 0: any free one. */
  readonly port?: number;
}

export interface RunningSmtpSink {
  /** `smtp://host:port` */
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts the server in this process. It answers 250 to a mail once the mail is on the disk. */
export async function startSmtpSink(options: SmtpSinkOptions): Promise<RunningSmtpSink> {
  const { mailDir, host = '127.0.0.1', port = 0 } = options;
  const mailbox = new Mailbox(mailDir);
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    // A lookup of the client's name would cost seconds without a resolver.
    disableReverseLookup: true,
    size: LARGEST_MAIL,
    // How long a drain waits for mails that are on their way, in ms.
    closeTimeout: 500,
    onRcptTo: (recipient, _session, callback) => callback(refusalOf(recipient.address)),
    onData: (stream, _session, callback) => {
      receive(stream, mailbox).then(
        (name) => callback(null, `2.0.0 stored as ${name}`),
        (error: unknown) => callback(toRefusal(error)),
      );
    },
  });
  // A client that drops its connection is its own affair; without a listener it would end the process.
  server.on('error', (error) => process.stderr.write(`${error.message}\n`));
  const listener = server.listen(port, host);
  await once(listener, 'listening');
  const address = listener.address() as AddressInfo;
  return {
    url: `smtp://${host === '0.0.0.0' ? '127.0.0.1' : host}:${address.port}`,
    stop: () => new Promise((resolve) => server.close(resolve)),
  };
}

async function receive(stream: SMTPServerDataStream, mailbox: Mailbox): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    // Beyond the limit it is read to its end and thrown away: SMTP has no other way to refuse it.
    if (!stream.sizeExceeded) chunks.push(chunk);
  }
  if (stream.sizeExceeded) throw new Refusal(552, `5.3.4 larger than ${LARGEST_MAIL} bytes`);
  return mailbox.store(Buffer.concat(chunks));
}

/** A disk that is full may have room later: the sender keeps the mail and tries again. */
function toRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return new Refusal(452, '4.3.1 the mail could not be stored');
}
