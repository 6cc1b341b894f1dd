import { Launched } from './launched.js';
import { parseFields } from './log-line.js';
import { POLICY } from './policy.js';

/** The SMTP sink, the provider or the identity tool: says `{"msg":"listening","url":…}` when it is ready. */
export class ToolProcess extends Launched {
  private address: string | undefined;

  /** The same after a restart. */
  get url(): string {
    if (this.address === undefined) throw new Error(`${this.name} has not said where it listens`);
    return this.address;
  }

  async waitReady(): Promise<void> {
    const listening = (): string | undefined =>
      this.process
        .lastLines()
        .map(parseFields)
        .filter((fields) => fields?.['msg'] === 'listening')
        .map((fields) => String(fields?.['url']))
        .at(-1);
    this.address = await this.until(
      () => Promise.resolve(listening()),
      () => 'it has not said where it listens',
      POLICY.readyDeadlineMs,
    );
  }

  async restart(): Promise<void> {
    await this.stop();
    this.start();
    await this.waitReady();
  }
}
