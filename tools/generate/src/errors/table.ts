/** Where a code comes up, as a table of codes names it and as a reader reads it. */
export const PLACES = {
  message: 'the handling of a message',
  job: 'a job',
  request: 'an HTTP request',
  start: 'the start of a process',
  command: 'a command',
  background: 'work in the background',
  event: 'the content of an event',
} as const;
export type Place = keyof typeof PLACES;

/** What a catalogue says about one of its codes. */
export interface ErrorRow {
  readonly code: string;
  readonly where: readonly Place[];
  readonly meaning: string;
  readonly todo: string;
}

const HEAD = ['code', 'where', 'meaning', 'what to do'];
/** A line of a table in a block comment. */
const LINE = /^ \* \|(.*)\|$/;

/** The rows of every table in the comments of a source file that has this head. */
export function readRows(path: string, text: string): ErrorRow[] {
  const lines = text.split('\n').map((line) =>
    LINE.exec(line)?.[1]
      ?.split('|')
      .map((cell) => cell.trim()),
  );
  return lines.flatMap((cells, index) => {
    if (cells?.join() !== HEAD.join()) return [];
    const after = lines.slice(index + 2);
    const end = after.indexOf(undefined);
    return after.slice(0, end === -1 ? undefined : end).map((row, at) => toRow(`${path}:${index + 3 + at}`, row ?? []));
  });
}

function toRow(line: string, cells: readonly string[]): ErrorRow {
  const [code = '', where = '', meaning = '', todo = ''] = cells;
  if (cells.length !== HEAD.length || cells.includes('')) throw new Error(`${line}: a row has ${HEAD.join(', ')}`);
  const places = where.split(', ');
  if (!places.every(isPlace)) throw new Error(`${line}: where is some of ${Object.keys(PLACES).join(', ')}`);
  return { code, where: places, meaning, todo };
}

function isPlace(text: string): text is Place {
  return Object.hasOwn(PLACES, text);
}
