import { execFile, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { SERVICE_NAMES } from '@dozen/manifest';

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));
/** What gives a process mounts of its own: to root, or to everybody with a user namespace, or to nobody. */
const OWN_MOUNTS = [['--mount'], ['--user', '--map-root-user', '--mount']].find(
  (args) => spawnSync('unshare', [...args, 'mount', '-t', 'tmpfs', 'none', tmpdir()]).status === 0,
);
/** Twelve processes start, on a machine that runs other tests too. */
const START_MS = 240_000;

/** The built launcher as a process of its own: what a user sees and types. */
describe('npm start', () => {
  const dir = mkdtempSync(join(tmpdir(), 'demo-'));
  let demo: ChildProcess;
  let said = '';

  function launch(...args: string[]): ChildProcess {
    said = '';
    const child = spawn(process.execPath, [MAIN, '--dir', dir, ...args], {
      env: { ...process.env, DOZEN_BACKING: 'embedded' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += String(chunk)));
    return child;
  }

  async function saying(text: string | RegExp): Promise<void> {
    const found = (): boolean => (typeof text === 'string' ? said.includes(text) : text.test(said));
    while (!found()) {
      if (demo.exitCode !== null) throw new Error(`it ended:\n${said}`);
      await sleep(50);
    }
  }

  async function ended(child: ChildProcess): Promise<number | null> {
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    return child.exitCode;
  }

  /** The processes whose command line or title names this run's folder or one of its pids. */
  async function left(pids: readonly number[]): Promise<string[]> {
    const { stdout } = await promisify(execFile)('ps', ['-eo', 'pid=,stat=,args=']);
    return stdout
      .split('\n')
      .filter((line) => line.includes(dir) || pids.includes(Number(line.trim().split(' ')[0])))
      .filter((line) => !line.includes('<defunct>'));
  }

  const processExists = (pid: number): boolean => existsSync(`/proc/${pid}/cmdline`);
  const pids = (): number[] => [...said.matchAll(/pid (\d+)/g)].map((match) => Number(match[1]));

  afterAll(async () => {
    if (demo.exitCode === null && demo.signalCode === null) demo.kill('SIGTERM');
    await ended(demo);
    rmSync(dir, { recursive: true });
  });

  it(
    'shows the first order until it is confirmed, then lines that work as printed',
    async () => {
      demo = launch();
      await saying('Ctrl-C drains');
      expect(said).toMatch(/Order [0-9a-f-]{36}: confirmed after \d+ ms/);
      // The mail about the order may come sooner or later than the payment.
      expect(said).toMatch(/[├└]─ orders +Paid and confirmed: €37.80/);
      const lines = said.split('\n').filter((line) => line.startsWith('  curl '));
      expect(lines).toHaveLength(4);
      const answers: unknown[] = [];
      for (const line of lines) {
        const { stdout } = await promisify(execFile)('/bin/sh', ['-c', line]);
        answers.push(JSON.parse(stdout));
      }
      expect(answers).toEqual([
        { items: expect.arrayContaining([expect.objectContaining({ sku: 'MUG-BLUE' })]), nextCursor: null },
        expect.objectContaining({ status: 'pending' }),
        { items: [expect.anything(), expect.objectContaining({ status: 'confirmed' })], nextCursor: null },
        { items: expect.arrayContaining([expect.objectContaining({ what: 'Paid and confirmed: €37.80' })]) },
      ]);
    },
    START_MS,
  );

  it(
    'writes mails and logs where it says',
    async () => {
      const mails = join(dir, 'mails');
      expect(said).toContain(`mails     ${mails}`);
      // Both orders': placed, and confirmed.
      while (readdirSync(mails).length < 4) await sleep(50);
      expect(readdirSync(join(dir, 'logs'))).toEqual(
        expect.arrayContaining(['gateway.log', 'orders.log', 'provider.log']),
      );
      expect(readFileSync(join(dir, 'logs', 'orders.log'), 'utf8')).toMatch(/^\{.*"service":"orders"/);
    },
    START_MS,
  );

  it(
    'starts again what is killed, and says so with its last words',
    async () => {
      const [, pid] = /billing +pid (\d+)/.exec(said) ?? [];
      process.kill(Number(pid), 'SIGKILL');
      await saying('billing ended (signal SIGKILL)');
      await saying('billing runs again');
    },
    START_MS,
  );

  it(
    'renews the token file when identity comes back with another key',
    async () => {
      const file = join(dir, 'token');
      const before = readFileSync(file, 'utf8');
      const [, pid] = /identity +pid (\d+)/.exec(said) ?? [];
      rmSync(join(dir, 'identity', 'signing-key.json'));
      process.kill(Number(pid), 'SIGKILL');
      await saying('identity runs again');
      while (readFileSync(file, 'utf8') === before) await sleep(50);
      const [, gateway] = /(http:\/\/127\.0\.0\.1:\d+)\/v1\//.exec(said) ?? [];
      const orders = async (token: string): Promise<number> =>
        (await fetch(`${gateway}/v1/orders`, { headers: { authorization: `Bearer ${token.trim()}` } })).status;
      // The gateway asks for keys that it does not know at most so often.
      while ((await orders(readFileSync(file, 'utf8'))) !== 200) await sleep(250);
      expect(await orders(before)).toBe(401);
    },
    START_MS,
  );

  it(
    'refuses to run twice on the same data',
    async () => {
      const second = spawn(process.execPath, [MAIN, '--dir', dir, '--once'], { stdio: ['ignore', 'ignore', 'pipe'] });
      let error = '';
      second.stderr.on('data', (chunk) => (error += String(chunk)));
      expect(await ended(second)).toBe(1);
      expect(error).toContain('BACKING-LOCKED');
    },
    START_MS,
  );

  it(
    'killed with SIGKILL, starts again on what it left',
    async () => {
      const known = pids();
      demo.kill('SIGKILL');
      await ended(demo);
      expect(await left(known)).not.toEqual([]);
      demo = launch();
      await saying('Ctrl-C drains');
      expect(said).toContain(': confirmed after');
      expect(known.filter(processExists)).toEqual([]);
    },
    START_MS,
  );

  it(
    'drains on Ctrl-C, leaves no process and exits with 0',
    async () => {
      const known = pids();
      // Beside the services three tools and two servers.
      expect(known).toHaveLength(SERVICE_NAMES.length + 5);
      demo.kill('SIGINT');
      expect(await ended(demo)).toBe(0);
      expect(said).toContain('Everything has ended.');
      expect(await left(known)).toEqual([]);
    },
    START_MS,
  );

  (OWN_MOUNTS === undefined ? it.skip : it)(
    `says that its folder is on a read-only file system${OWN_MOUNTS ? '' : ' (left out: unshare --mount is not allowed here)'}`,
    () => {
      const place = mkdtempSync(join(tmpdir(), 'read-only-'));
      const start = `mount -t tmpfs -o ro none "$1" && exec "$2" "$3" --once --dir "$1/.dozen"`;
      const { status, stderr } = spawnSync(
        'unshare',
        [...(OWN_MOUNTS ?? []), 'sh', '-c', start, 'sh', place, process.execPath, MAIN],
        { encoding: 'utf8', timeout: START_MS },
      );
      rmSync(place, { recursive: true });
      expect(status).toBe(1);
      expect(stderr).toContain('BACKING-FOLDER: ');
      expect(stderr).toContain('cannot be written (the file system is read-only)');
      expect(stderr).not.toMatch(/^ +at /m);
    },
    START_MS,
  );

  it(
    'says which port is taken, and exits with 1',
    async () => {
      const squatter = createServer().listen(0, '127.0.0.1');
      await once(squatter, 'listening');
      const address = squatter.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      demo = launch('--once', '--port', String(port));
      expect(await ended(demo)).toBe(1);
      expect(said).toContain(`DEMO-PORT-TAKEN: Port ${port} is taken`);
      expect(await left([])).toEqual([]);
      squatter.close();
    },
    START_MS,
  );

  it(
    'interrupted while it starts, leaves nothing',
    async () => {
      demo = launch();
      await saying('PostgreSQL and Kafka');
      demo.kill('SIGTERM');
      expect(await ended(demo)).toBe(1);
      expect(said).toContain('interrupted by SIGTERM');
      expect(await left([])).toEqual([]);
    },
    START_MS,
  );
});
