import type { Backing } from '@dozen/backing';
import type { Service } from './schedule.js';

/** URL of each service's database, by the straight way: past the proxy that its service connects through. */
export type Databases = Readonly<Record<Service, string>>;

export function databasesOf({ postgres }: Backing): Databases {
  const url = (name: Service): string => postgres.url(name);
  return { gateway: url('gateway'), orders: url('orders'), billing: url('billing'), notifier: url('notifier') };
}
