import type { ErrorSource } from './read.js';

/** What is wrong with the tables of codes: a sentence each. */
export function errorFaults(sources: readonly ErrorSource[]): string[] {
  const catalogues = sources.filter(({ path, rows }) => rows.length > 0 || path.endsWith('/errors.ts'));
  return [
    ...unlinkable(catalogues),
    ...undeclared(catalogues),
    ...repeated(catalogues),
    ...unexplained(sources, catalogues),
  ];
}

/** The anchor that GitHub gives to a heading of such letters is the heading in small letters. */
const LINKABLE = /^[A-Z0-9-]+$/;

/** Codes that are not their anchor in capitals: a problem's `type` and a reader of a log line would miss the entry. */
function unlinkable(catalogues: readonly ErrorSource[]): string[] {
  return catalogues.flatMap(({ path, rows }) =>
    rows
      .filter(({ code }) => !LINKABLE.test(code))
      .map(
        ({ code }) =>
          `${path}: ${code} must be of capitals, digits and hyphens, or its anchor in docs/errors.md is another`,
      ),
  );
}

/** Rows whose code the statements of their file do not have. */
function undeclared(catalogues: readonly ErrorSource[]): string[] {
  return catalogues.flatMap((catalogue) =>
    catalogue.rows
      .filter(({ code }) => !codesOf(catalogue).has(code))
      .map(({ code }) => `${catalogue.path}: the table has a row for ${code}, the code below it has no such code`),
  );
}

/** Codes with two rows, and codes that two catalogues declare. */
function repeated(catalogues: readonly ErrorSource[]): string[] {
  const rows = catalogues.flatMap(({ path, rows: own }) => own.map(({ code }) => ({ code, path })));
  const declared = catalogues.flatMap((catalogue) =>
    [...codesOf(catalogue)].map((code) => ({ code, path: catalogue.path })),
  );
  return [
    ...twice(rows).map(({ code, paths }) => `${code} has two rows: ${paths}`),
    ...twice(declared).map(({ code, paths }) => `${code} is declared twice: ${paths}`),
  ];
}

function twice(all: readonly { code: string; path: string }[]): { code: string; paths: string }[] {
  return [...Map.groupBy(all, ({ code }) => code)]
    .filter(([, found]) => found.length > 1)
    .map(([code, found]) => ({ code, paths: found.map(({ path }) => path).join(', ') }));
}

/** Codes without a row: those of a catalogue, those that something is raised with, and any of an area that has rows. */
function unexplained(sources: readonly ErrorSource[], catalogues: readonly ErrorSource[]): string[] {
  const explained = new Set(sources.flatMap(({ rows }) => rows.map(({ code }) => code)));
  const areas = new Set([...explained].map(areaOf));
  return sources.flatMap((source) =>
    source.named
      .filter(({ code, raised }) => raised || areas.has(areaOf(code)) || catalogues.includes(source))
      .filter(({ code }) => !explained.has(code))
      .map(({ code, line }) => `${source.path}:${line}: ${code} has no row in a table of codes`),
  );
}

function codesOf({ named, answers }: ErrorSource): ReadonlySet<string> {
  return new Set([...named.map(({ code }) => code), ...answers.keys()]);
}

function areaOf(code: string): string {
  return code.split('-', 1).join();
}
