import type { SystemOptions } from '@dozen/demo';

type Service = 'gateway' | 'orders' | 'billing' | 'notifier';

/** The process types of each service, as the Procfile has them; the gateway's first takes the requests. */
const TYPES: Readonly<Record<Service, readonly string[]>> = {
  gateway: ['web', 'consumer', 'relay'],
  orders: ['consumer', 'relay'],
  billing: ['consumer', 'relay', 'jobs'],
  notifier: ['consumer', 'relay', 'jobs'],
};

export interface Layout {
  readonly name: string;
  readonly options: Pick<SystemOptions, 'instances' | 'instanceEnv'>;
}

export const ALL_IN_ONE: Layout = { name: 'one process per service', options: {} };

export const SPLIT: Layout = {
  name: 'a process per process type (11)',
  options: {
    instances: Object.fromEntries(Object.entries(TYPES).map(([service, types]) => [service, types.length])),
    instanceEnv: (service, index) => ({ PROCESS_TYPES: TYPES[service][index] ?? '' }),
  },
};
