import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { newId } from '@dozen/kernel';
import { evaluable, Prometheus, readCatalogue, readOverlay, type ReceivedSeries } from '@dozen/observability';
import { eventually } from '@dozen/testing';
import { repository, type Running } from '../running.js';
import { command, message, sendCommands } from '../support/commands.js';

/** A retry comes after a second, an export in another, and Prometheus a second later. */
const WITHIN = { timeoutMs: 20_000, everyMs: 1_000 };
/** The most series of one metric in one process: what the values of its attributes multiply to. */
const MOST_SERIES = 100;
/** Ids, also as part of a text: UUIDs, long numbers, tokens, mail addresses. */
const NAMES_ONE = /[0-9a-f]{8}-[0-9a-f]{4}-|\d{6,}|tok_|@/;

/**
 * What the system has said about itself while the other suites ran, compared with docs/telemetry.md. So this is the last
 * of them.
 */
export function telemetry(running: () => Running): void {
  describe('telemetry', () => {
    /** What the other suites do not make: a command that its handler refuses, and one that is tried again. */
    beforeAll(async () => {
      const orderId = newId();
      await sendCommands(running().kafkaUrl, [
        message({ key: orderId, value: JSON.stringify(command(orderId)) }),
        message({ key: orderId, value: JSON.stringify(command(orderId, 2)) }),
        message({ headers: { ce_type: 'dozen.PlaceOrder.v99' } }),
      ]);
    });

    it('sends the metrics of the catalogue, with their attributes, and no other', async () => {
      const { metrics } = await readCatalogue(repository);
      const wanted = metrics.map(nameOf).sort();
      const sent = () => running().observed.receiver.series;
      await eventually(() => expect([...new Set(sent().map(nameOf))].sort()).toEqual(wanted), WITHIN);

      const attributes = new Map(metrics.map((metric) => [metric.name, metric.attributes]));
      const used = new Set(
        sent().flatMap((series) => Object.keys(series.attributes).map((name) => `${series.name}: ${name}`)),
      );
      const declared = new Set([...attributes].flatMap(([metric, names]) => names.map((name) => `${metric}: ${name}`)));
      expect([...used].filter((one) => !declared.has(one))).toEqual([]);
      // An error that did not happen is no reason to take its attribute away.
      expect([...declared].filter((one) => !used.has(one) && !one.endsWith(': error.type'))).toEqual([]);
    });

    it('sends few series, whose attributes name no order, message, customer or mail', () => {
      const sent = running().observed.receiver.series;
      const values = sent.flatMap(({ name, attributes }) =>
        Object.entries(attributes).map(([attribute, value]) => `${name}: ${attribute}=${value}`),
      );
      expect(values.filter((value) => NAMES_ONE.test(value))).toEqual([]);
      const perProcess = Map.groupBy(sent, ({ name, resource }) => `${name} ${resource['service.instance.id'] ?? ''}`);
      expect([...perProcess].filter(([, { length }]) => length > MOST_SERIES).map(([name]) => name)).toEqual([]);
    });

    (Prometheus.installed() ? it : it.skip)(
      'answers every query of alerts and dashboards (needs prometheus)',
      async () => {
        const { prometheus } = running().observed;
        const { queries } = await readOverlay(repository);
        const empty = async (): Promise<string[]> => {
          const asked = queries.flatMap(({ where, expression }) =>
            evaluable(expression).map(async (part) =>
              (await prometheus?.count(part)) === 0 ? [`${where}: ${part}`] : [],
            ),
          );
          return (await Promise.all(asked)).flat();
        };
        await eventually(async () => expect(await empty()).toEqual([]), WITHIN);
      },
    );

    it('logs the lines of the catalogue, and no other', async () => {
      const { logs } = await readCatalogue(repository);
      const known = logs
        .filter(({ level }) => level !== 'any')
        .map(({ level, message }) => ({ level, text: pattern(message) }));
      const lines = await linesOf(running().logFolder);
      expect(lines.length).toBeGreaterThan(20);
      const strange = lines.filter(
        ({ level, msg, context }) =>
          // Nest's own lines.
          context === undefined && !known.some((event) => event.level === level && event.text.test(msg)),
      );
      expect([...new Set(strange.map(({ level, msg }) => `${level}: ${msg}`))]).toEqual([]);
    });
  });
}

function nameOf({ name, kind, unit }: Pick<ReceivedSeries, 'name' | 'kind' | 'unit'>): string {
  return `${kind} ${name} in ${unit}`;
}

interface Line {
  readonly level: string;
  readonly msg: string;
  readonly context?: unknown;
}

/** Of services and admin processes, whose lines have a release; the tools have none. */
async function linesOf(folder: string): Promise<Line[]> {
  const files = (await readdir(folder)).filter((file) => file.includes('.log'));
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  return texts
    .flatMap((text) => text.split('\n'))
    .filter((line) => line.startsWith('{') && line.endsWith('}') && line.includes('"release":'))
    .map((line) => JSON.parse(line) as Line);
}

/** `…` stands for any text. */
function pattern(message: string): RegExp {
  const parts = message.split('…').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('[\\s\\S]*')}$`);
}
