import { connect, type Socket } from 'node:net';

/** Sends bytes to a server of this machine and resolves with all that comes back until the connection closes. */
export async function exchange(port: number, bytes: string): Promise<string> {
  const socket = await open(port);
  socket.write(bytes, 'latin1');
  return textOf(socket);
}

export function open(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket));
    socket.once('error', reject);
  });
}

/** What a connection still brings; one that is reset brings what it has brought. */
export function textOf(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    let received = '';
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => (received += chunk));
    socket.once('error', () => socket.destroy());
    socket.once('close', () => resolve(received));
  });
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The first answer in what came back, 1xx left out. Throws when there is none. */
export function answerIn(received: string): RawAnswer {
  const final = received.replace(/^(?:HTTP\/1\.1 1\d\d [^]*?\r\n\r\n)+/, '');
  const end = final.indexOf('\r\n\r\n');
  const [statusLine = '', ...lines] = final.slice(0, end).split('\r\n');
  const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(statusLine)?.[1]);
  if (end < 0 || Number.isNaN(status)) throw new Error(`no answer in ${JSON.stringify(received)}`);
  const headers = lines.map((line) => [
    line.slice(0, line.indexOf(':')).toLowerCase(),
    line.slice(line.indexOf(':') + 1).trim(),
  ]);
  return { status, headers: Object.fromEntries(headers) as Record<string, string>, body: final.slice(end + 4) };
}
