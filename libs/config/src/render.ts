import type { ConfigRow } from './describe.js';

/**
 * A `.env.example`, for a developer's machine: what is required, and what has another example than its default, is set;
 * all others stand as comments with their default.
 */
export function renderEnvExample(rows: readonly ConfigRow[]): string {
  const service = rows[0]?.service ?? 'service';
  const blocks = sectionsOf(rows).map(([section, members]) =>
    [`# --- ${section}`, ...members.map(envEntry)].join('\n'),
  );
  return `# Environment of ${service}. Generated from its config schema; do not edit.\n\n${blocks.join('\n\n')}\n`;
}

function envEntry(row: ConfigRow): string {
  const facts = [
    row.type,
    row.secret ? `secret, or ${row.name}_FILE=path` : undefined,
    row.refused === null ? undefined : `refused in production: ${row.refused}`,
  ].filter((fact) => fact !== undefined);
  const isSet = row.required || (row.default !== null && row.example !== null && row.example !== row.default);
  const value = (isSet ? row.example : row.default) ?? row.example ?? '';
  return `# ${oneLine(row.description)} (${facts.join('; ')})\n${isSet ? '' : '#'}${row.name}=${quoted(value)}`;
}

/** Quotes what a shell or a dotenv reader would cut or expand. */
function quoted(value: string): string {
  return /^[\w./:@,+%=-]*$/.test(value) ? value : `'${value.replaceAll("'", String.raw`'\''`)}'`;
}

/** `docs/configuration.md`: a chapter per service, a table per section. */
export function renderMarkdown(descriptions: readonly (readonly ConfigRow[])[]): string {
  const chapters = descriptions.flatMap((rows) => {
    const service = rows[0]?.service;
    return service === undefined ? [] : [`## ${service}`, ...sectionsOf(rows).map(markdownSection)];
  });
  const head = [
    '# Configuration',
    'This page answers, for whoever deploys or runs a service: which environment variables does it read, and what may they be?' +
      ' It is generated from the config schemas; do not edit it.',
    'Every variable `NAME` can be given as `NAME_FILE`, the path of a file that holds the value. An empty value counts as missing.',
    'In production and in staging (`NODE_ENV`) a process refuses to start with a value that the last column describes; localhost' +
      ' and 127.0.0.0/8 are this machine. `ALLOW_INSECURE=KAFKA_URL,…` allows it by name, and a warning at each start says so.',
    'What if a platform gives a URL of PostgreSQL that cannot be edited to say `sslmode`? `PGSSLMODE=verify-full` encrypts its' +
      ' connections. The URL does not show that, so `ALLOW_INSECURE=DATABASE_URL` has to go with it.',
  ];
  return `${[...head, ...chapters].join('\n\n')}\n`;
}

function markdownSection([section, rows]: readonly [string, readonly ConfigRow[]]): string {
  const lines = rows.map((row) => {
    const standard = row.required ? '**required**' : row.default === null ? '' : code(row.default);
    const example = row.example === null ? '' : code(row.example);
    const refused = cell(row.refused ?? '');
    const meaning = row.secret ? `${row.description} (secret)` : row.description;
    return `| ${[code(row.name), cell(meaning), cell(row.type), standard, example, refused].join(' | ')} |`;
  });
  return [
    `### ${section}`,
    '',
    '| variable | meaning | type | default | example | refused in production |',
    '|---|---|---|---|---|---|',
    ...lines,
  ].join('\n');
}

function code(text: string): string {
  return `\`${cell(text)}\``;
}

function cell(text: string): string {
  return oneLine(text).replaceAll('|', String.raw`\|`);
}

function oneLine(text: string): string {
  return text.replaceAll(/[\r\n]+/g, ' ');
}

function sectionsOf(rows: readonly ConfigRow[]): [string, ConfigRow[]][] {
  return [...Map.groupBy(rows, (row) => row.section)];
}
