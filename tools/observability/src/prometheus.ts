import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '@dozen/backing';
import { z } from 'zod';

const answer = z.object({ data: z.object({ result: z.array(z.unknown()) }) });
const READY_POLL_MS = 50;
const READY_WITHIN_MS = 20_000;

/** A real Prometheus that scrapes one target every second. */
export class Prometheus {
  readonly #process: ChildProcess;
  readonly #url: string;

  private constructor(process: ChildProcess, url: string) {
    this.#process = process;
    this.#url = url;
  }

  static installed(): boolean {
    return spawnSync('prometheus', ['--version'], { stdio: 'ignore' }).status === 0;
  }

  /** `dir` is its own and empty; `target` is host:port, `rules` a file. */
  static async start(options: { dir: string; target: string; rules: string }): Promise<Prometheus> {
    const { dir, target, rules } = options;
    const config = {
      global: { scrape_interval: '1s', evaluation_interval: '1s' },
      rule_files: [rules],
      scrape_configs: [{ job_name: 'receiver', honor_labels: true, static_configs: [{ targets: [target] }] }],
    };
    // JSON is YAML.
    await writeFile(join(dir, 'prometheus.yml'), JSON.stringify(config));
    const address = `127.0.0.1:${await freePort()}`;
    const child = spawn(
      'prometheus',
      ['--config.file=prometheus.yml', '--storage.tsdb.path=data', `--web.listen-address=${address}`],
      { cwd: dir, stdio: 'ignore' },
    );
    const prometheus = new Prometheus(child, `http://${address}`);
    await prometheus.#ready();
    return prometheus;
  }

  /** How many series an expression has now. Throws what Prometheus has against it. */
  async count(expression: string): Promise<number> {
    const response = await fetch(`${this.#url}/api/v1/query`, {
      method: 'POST',
      body: new URLSearchParams({ query: expression }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${expression}: ${text}`);
    return answer.parse(JSON.parse(text)).data.result.length;
  }

  async stop(): Promise<void> {
    const ended = once(this.#process, 'exit');
    this.#process.kill('SIGTERM');
    await ended;
  }

  async #ready(): Promise<void> {
    const deadline = performance.now() + READY_WITHIN_MS;
    while (performance.now() < deadline) {
      const response = await fetch(`${this.#url}/-/ready`).catch(() => undefined);
      if (response?.ok === true) return;
      await sleep(READY_POLL_MS);
    }
    this.#process.kill('SIGKILL');
    throw new Error('prometheus did not get ready');
  }
}
