import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ServiceName } from '@dozen/manifest';
import { DemoCode, demoError } from './errors.js';

/** The workspace's root, from src and from dist alike. */
export const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

export const TOOL_NAMES = ['smtp-sink', 'provider', 'identity'] as const;
export type ToolName = (typeof TOOL_NAMES)[number];

/** What a service or its admin process is started with: it hears signals from the first, and OpenTelemetry if it is wanted. */
export function serviceCommand(service: ServiceName): string[] {
  return [`--import=${join(ROOT, 'libs', 'service', 'dist', 'register.js')}`, entryPoint('apps', service)];
}

/** The built entry point. Throws DEMO-NOT-BUILT. */
export function entryPoint(kind: 'apps' | 'tools', name: string): string {
  const file = join(ROOT, kind, name, 'dist', 'main.js');
  if (existsSync(file)) return file;
  throw demoError(DemoCode.notBuilt, {
    what: `${file} is missing: ${name} is not built.`,
    todo: 'Run `npm start`, which builds, or `npm run build`.',
  });
}

/** Where one system keeps what it writes. */
export function folders(dir: string): { logs: string; mails: string; provider: string; identity: string } {
  return {
    logs: join(dir, 'logs'),
    mails: join(dir, 'mails'),
    provider: join(dir, 'provider'),
    identity: join(dir, 'identity'),
  };
}
