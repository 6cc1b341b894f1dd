import type { SystemOptions } from '@dozen/demo';
import { ofEach, SERVICES } from '@dozen/manifest';

export interface Layout {
  readonly name: string;
  readonly options: Pick<SystemOptions, 'instances' | 'instanceEnv'>;
}

export const ALL_IN_ONE: Layout = { name: 'one process per service', options: {} };

export const SPLIT: Layout = {
  name: 'a process per process type (11)',
  options: {
    instances: ofEach((service) => SERVICES[service].processTypes.length),
    // The first type of who takes requests is web.
    instanceEnv: (service, index) => ({ PROCESS_TYPES: SERVICES[service].processTypes[index] ?? '' }),
  },
};
