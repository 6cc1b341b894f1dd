import { startSmtpSink } from './smtp-sink.js';

const { MAIL_DIR: mailDir, HOST: host = '127.0.0.1', PORT: port = '0' } = process.env;
if (!mailDir || !/^\d{1,5}$/.test(port)) {
  const mistakes = [
    mailDir ? '' : 'MAIL_DIR is missing: the folder of the mails\n',
    /^\d{1,5}$/.test(port) ? '' : 'PORT must be a whole number\n',
  ];
  process.stderr.write(mistakes.join(''));
  // EX_CONFIG of sysexits.h: another start will not help.
  process.exit(78);
}
const sink = await startSmtpSink({ mailDir, host, port: Number(port) });
const stop = (): void => void sink.stop().then(() => process.exit(0));
process.once('SIGTERM', stop);
process.once('SIGINT', stop);
process.stdout.write(`${JSON.stringify({ msg: 'listening', url: sink.url })}\n`);
