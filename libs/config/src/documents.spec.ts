import { z } from 'zod';
import {
  baseSection,
  configHash,
  defineConfig,
  defineSection,
  describeConfig,
  envInt,
  envText,
  envUrl,
  featureFlags,
  HTTP,
  loadConfig,
  maskCredentials,
  printConfig,
  renderEnvExample,
  renderMarkdown,
} from './index.js';

const section = defineSection('Backing | services', {
  API_URL: envUrl({ ...HTTP, credentials: 'optional' }).meta({
    description: 'Provider',
    example: 'http://localhost:4000',
  }),
  API_KEY: envText().default('default-secret').meta({ description: 'Key of the provider', secret: true }),
  WORKERS: envInt({ min: 1 }).meta({ description: 'Workers a|b' }).default(4),
  GREETING: z.string().optional().describe("It's said\nfirst"),
});
const flags = featureFlags({ FF_NEW: { description: 'New way', default: true } });
const schema = defineConfig({ service: 'billing', sections: [section, flags] });
const env = { API_URL: 'https://user:pass@host/v1', API_KEY: 'k1' };

describe('defineSection and defineConfig', () => {
  it.each([
    ['a variable without a description', () => defineSection('S', { A: envText() })],
    ['a name that no shell takes', () => defineSection('S', { 'a-b': envText().meta({ description: 'x' }) })],
    ['a variable that two sections declare', () => defineConfig({ service: 's', sections: [section, section] })],
    [
      'a variable that is the file variant of another',
      () => {
        const clash = defineSection('C', { API_KEY_FILE: envText().meta({ description: 'x' }) });
        return defineConfig({ service: 's', sections: [section, clash] });
      },
    ],
    ['a feature flag by another prefix', () => featureFlags({ NEW: { description: 'x', default: true } } as never)],
  ])('refuse %s', (_, define) => {
    expect(define).toThrow(expect.objectContaining({ code: 'CONFIG-SCHEMA' }));
  });
});

describe('describeConfig', () => {
  it('finds type, default and description wherever the schema says them, and hides the default of a secret', () => {
    const rows = describeConfig(schema).map((row) => ({ ...row, service: undefined, section: undefined }));
    const common = {
      service: undefined,
      section: undefined,
      example: null,
      secret: false,
      required: false,
      refused: null,
    };
    expect(rows).toEqual([
      {
        ...common,
        name: 'API_URL',
        description: 'Provider',
        type: 'URL http:// or https://',
        required: true,
        default: null,
        example: 'http://localhost:4000',
        refused: 'unencrypted to another machine, or a password that is published',
      },
      { ...common, name: 'API_KEY', description: 'Key of the provider', type: 'text', default: null, secret: true },
      { ...common, name: 'WORKERS', description: 'Workers a|b', type: 'integer of at least 1', default: '4' },
      { ...common, name: 'GREETING', description: "It's said\nfirst", type: 'text', default: null },
      { ...common, name: 'FF_NEW', description: 'New way', type: 'true or false', default: 'true' },
    ]);
  });

  it('renders an .env.example that sets what is required and comments out the rest', () => {
    expect(renderEnvExample(describeConfig(schema)))
      .toBe(`# Environment of billing. Generated from its config schema; do not edit.

# --- Backing | services
# Provider (URL http:// or https://; refused in production: unencrypted to another machine, or a password that is published)
API_URL=http://localhost:4000
# Key of the provider (text; secret, or API_KEY_FILE=path)
#API_KEY=
# Workers a|b (integer of at least 1)
#WORKERS=4
# It's said first (text)
#GREETING=

# --- Feature flags
# New way (true or false)
#FF_NEW=true
`);
  });

  it('sets in an .env.example what a machine of a developer has otherwise than a deploy', () => {
    const base = defineConfig({ service: 'x', sections: [baseSection] });
    const lines = renderEnvExample(describeConfig(base)).split('\n');
    expect(lines.filter((line) => /^[A-Z]/.test(line))).toEqual(['NODE_ENV=development']);
    expect(lines).toContain('# Id of the release, logged and served at /version (text; refused in production: dev)');
  });

  it('renders a chapter per service with cells that do not break the table', () => {
    const text = renderMarkdown([
      describeConfig(schema),
      describeConfig(defineConfig({ service: 'x', sections: [flags] })),
    ]);
    expect(text).toContain('\n## billing\n');
    expect(text).toContain('\n## x\n');
    expect(text).toContain(
      '| `API_URL` | Provider | URL http:// or https:// | **required** | `http://localhost:4000` | unencrypted to another machine, or a password that is published |',
    );
    expect(text).toContain('| `WORKERS` | Workers a\\|b | integer of at least 1 | `4` |');
    expect(text).toContain("| `GREETING` | It's said first | text |");
    expect(text).not.toContain('default-secret');
  });
});

describe('printConfig and configHash', () => {
  const hash = (more: Record<string, string>): string => {
    const all = { ...env, ...more };
    return configHash(schema, loadConfig(schema, all));
  };

  it('shows values as the environment would hold them, without secrets and credentials', () => {
    expect(printConfig(schema, loadConfig(schema, env)).map(({ name, value }) => `${name}=${value}`)).toEqual([
      'API_URL=https://[redacted]@host/v1',
      'API_KEY=[redacted]',
      'WORKERS=4',
      'GREETING=',
      'FF_NEW=true',
    ]);
  });

  it('hashes what is in force: a default and its explicit value are alike, a secret does not count', () => {
    expect(hash({})).toMatch(/^[0-9a-f]{12}$/);
    expect(hash({ WORKERS: '4' })).toBe(hash({}));
    expect(hash({ WORKERS: '5' })).not.toBe(hash({}));
    expect(hash({ API_KEY: 'other' })).toBe(hash({}));
    expect(hash({ API_URL: 'https://user:rotated@host/v1' })).toBe(hash({}));
    expect(hash({ API_URL: 'https://user:pass@other/v1' })).not.toBe(hash({}));
  });

  it('does not depend on the order of sections', () => {
    const turned = defineConfig({ service: 'billing', sections: [flags, section] });
    expect(configHash(turned, loadConfig(turned, env))).toBe(hash({}));
  });

  it('masks the credentials of every URL in a text, and nothing else', () => {
    expect(maskCredentials('from postgres://u:p@a/x to kafkas://u:p@h1:1,h2:2?x=y')).toBe(
      'from postgres://[redacted]@a/x to kafkas://[redacted]@h1:1,h2:2?x=y',
    );
    expect(maskCredentials('http://host/path@v2 me@host')).toBe('http://host/path@v2 me@host');
  });
});
