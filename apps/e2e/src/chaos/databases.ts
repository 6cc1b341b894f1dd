import type { PostgresBacking } from '@dozen/backing';
import type { Service } from './schedule.js';

/** Connection strings, past the bad network. */
export type Databases = Readonly<Record<Service, string>>;

export function databasesOf(postgres: Pick<PostgresBacking, 'url'>): Databases {
  const url = (name: Service): string => postgres.url(name);
  return { gateway: url('gateway'), orders: url('orders'), billing: url('billing'), notifier: url('notifier') };
}
