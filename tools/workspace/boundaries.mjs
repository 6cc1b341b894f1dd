import { readFileSync } from 'node:fs';

/**
 * Who may import whom: the one table that ESLint (per import), dependency-cruiser (the whole graph) and its readers use.
 * A library may import those listed and the layers under them. Left out: nothing that is not listed.
 */
export const LAYERS = {
  kernel: [],
  contracts: ['kernel'],
  config: ['kernel'],
  telemetry: ['config', 'kernel'],
  shutdown: ['telemetry', 'config', 'kernel'],
  database: ['shutdown', 'telemetry', 'config', 'kernel'],
  messaging: ['database', 'shutdown', 'telemetry', 'config', 'kernel'],
  cache: ['database', 'shutdown', 'telemetry', 'config', 'kernel'],
  session: ['cache', 'telemetry', 'config', 'kernel'],
  http: ['database', 'shutdown', 'telemetry', 'config', 'kernel'],
  service: ['http', 'messaging', 'database', 'shutdown', 'telemetry', 'config', 'kernel'],
};

/** The same for libraries that no service's sources import: they start its backing services, and lend them to tests. */
export const TEST_LAYERS = {
  backing: ['kernel'],
  testing: ['backing', 'kernel'],
  'service-testing': [...LAYERS.service, 'service', 'testing'],
};

/** Layers that a tool may use: it stands beside the services, not on their libraries. */
export const TOOL_LAYERS = ['kernel', 'config', 'backing'];

const SERVICES = Object.keys(
  JSON.parse(readFileSync(new URL('../manifest/src/services.json', import.meta.url), 'utf8')),
);
const layer = (name) => `layer:${name}`;
const constraint = (sourceTag, tags) => ({ sourceTag, onlyDependOnLibsWithTags: tags });

/** Apps import libraries; an app never imports an app. */
export const appConstraints = [
  constraint('type:app', Object.keys(LAYERS).map(layer)),
  ...SERVICES.map((service) => constraint(`scope:${service}`, [`scope:${service}`, 'scope:shared'])),
  constraint('type:tool', ['type:tool', ...TOOL_LAYERS.map(layer)]),
  constraint('type:e2e', ['type:tool', 'type:lib']),
  constraint('type:bench', ['type:tool', 'type:lib']),
];

export const layerConstraints = [
  ...Object.entries({ ...LAYERS, ...TEST_LAYERS }).map(([name, below]) => constraint(layer(name), below.map(layer))),
];

/** Tests may also use the test library and the tools' processes; their layers stay what they are. */
export const testConstraints = [
  constraint('type:app', [...Object.keys(LAYERS), 'testing', 'service-testing'].map(layer).concat('type:tool')),
  constraint('type:tool', ['type:tool', ...TOOL_LAYERS.map(layer), 'layer:testing']),
  // The saga is checked with both services' tables side by side.
  constraint('type:e2e', ['type:tool', 'type:lib', 'type:app']),
  constraint('type:bench', ['type:tool', 'type:lib']),
  ...Object.entries(LAYERS).map(([name, below]) => constraint(layer(name), [...below, 'testing'].map(layer))),
];
