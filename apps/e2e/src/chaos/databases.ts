import type { PostgresBacking } from '@dozen/backing';
import { ofEach, type ServiceName } from '@dozen/manifest';

/** Connection strings, past the bad network. */
export type Databases = Readonly<Record<ServiceName, string>>;

export function databasesOf(postgres: Pick<PostgresBacking, 'url'>): Databases {
  return ofEach((name) => postgres.url(name));
}
