import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import { type RunningSmtpSink, startSmtpSink } from '../src/index.js';

describe('the SMTP sink', () => {
  let mailDir: string;
  let sink: RunningSmtpSink;

  beforeEach(async () => {
    mailDir = await mkdtemp(join(tmpdir(), 'dozen-mail-'));
    sink = await startSmtpSink({ mailDir });
  });

  afterEach(async () => {
    await sink.stop();
    await rm(mailDir, { recursive: true });
  });

  async function send(messageId: string, to = 'ada@example.com', text = 'hello'): Promise<unknown> {
    const transport = createTransport(sink.url);
    try {
      return await transport.sendMail({ from: 'shop@example.com', to, messageId, subject: 'An order', text });
    } finally {
      transport.close();
    }
  }

  it('has a mail as a file before the sender is told', async () => {
    await send('<1@dozen>');
    expect(await readdir(mailDir)).toEqual(['1@dozen.1.eml']);
    expect(await readFile(join(mailDir, '1@dozen.1.eml'), 'utf8')).toMatch(/^Subject: An order\r?$/m);
  });

  it('keeps repeats beside the first, also when they come at once and after a restart', async () => {
    await Promise.all([send('<1@dozen>'), send('<1@dozen>'), send('<2@dozen>')]);
    await sink.stop();
    sink = await startSmtpSink({ mailDir });
    await send('<1@dozen>');
    expect((await readdir(mailDir)).sort()).toEqual([1, 2, 3].map((n) => `1@dozen.${n}.eml`).concat('2@dozen.1.eml'));
  });

  it('answers 451 for fail@ and 550 for reject@, and keeps nothing', async () => {
    await expect(send('<1@dozen>', 'fail@example.com')).rejects.toMatchObject({ responseCode: 451 });
    await expect(send('<1@dozen>', 'reject+2@example.com')).rejects.toMatchObject({ responseCode: 550 });
    expect(await readdir(mailDir)).toEqual([]);
  });

  it('answers 552 to a mail beyond 10 MiB, and goes on', async () => {
    const large = send('<big@dozen>', 'ada@example.com', 'x'.repeat(76).concat('\r\n').repeat(140_000));
    await expect(large).rejects.toMatchObject({ responseCode: 552 });
    await send('<1@dozen>');
    expect(await readdir(mailDir)).toEqual(['1@dozen.1.eml']);
  });

  it('answers 452 when the mail cannot be stored, so that the sender keeps it', async () => {
    await rm(mailDir, { recursive: true });
    const stderr = process.stderr.write;
    process.stderr.write = () => true;
    try {
      await expect(send('<1@dozen>')).rejects.toMatchObject({ responseCode: 452 });
    } finally {
      process.stderr.write = stderr;
      mailDir = await mkdtemp(join(tmpdir(), 'dozen-mail-'));
    }
  });

  it('ends within a second although a client stays connected', async () => {
    const transport = createTransport({ url: sink.url, pool: true });
    await transport.sendMail({ from: 'shop@example.com', to: 'ada@example.com', text: 'x' });
    const asked = Date.now();
    await sink.stop();
    transport.close();
    expect(Date.now() - asked).toBeLessThan(1_000);
    sink = await startSmtpSink({ mailDir });
  });
});
