/** An admin process as a document writes it: `node apps/orders/dist/main.js dead-letters show <id>`. */
export interface CommandLine {
  /** As written, without what feeds its stdin. */
  readonly text: string;
  /** `<service>` for whichever it is about. */
  readonly service: string;
  /** What follows the program, quotes taken off. */
  readonly words: readonly string[];
}

const PROGRAM = /\bnode (?:--[\w=@/.-]+(?: @dozen\/[\w/]+)? )*apps\/(<service>|[a-z]+)\/dist\/main\.js/;
/** A word of the line: text, placeholders and quoted text, in any mixture. A `<` before a blank feeds stdin. */
const WORD = /(?:<[^>\s][^>\n]*>|'[^'\n]*'|[^\s`'|&;<])+/;
const WHOLE = new RegExp(`${PROGRAM.source}((?: +${WORD.source})*)`, 'g');
const WORDS = new RegExp(WORD.source, 'g');

/** The command lines of a page, those with nothing after the program (they run the service) left out. */
export function commandLinesIn(text: string): CommandLine[] {
  return [...unfolded(text).matchAll(WHOLE)].flatMap(([line, service = '', rest = '']) => {
    const words = (rest.match(WORDS) ?? []).map((word) => word.replaceAll("'", ''));
    return words.length === 0 || words[0] === '…' ? [] : [{ text: line, service, words }];
  });
}

/** Pieces that look like a command line and cannot be typed as they stand, in a checkout or in a container. */
export function strangeLinesIn(text: string): string[] {
  const rest = unfolded(text).replaceAll(WHOLE, '');
  return (rest.match(/(?:\S+ )?(?:(?:apps|service)\/[^\s`]*|(?<![\w/])dist\/)main\.js[^`\n]*/g) ?? []).map((piece) =>
    piece.trim(),
  );
}

/** Commands without their program: a reader in the middle of the night has to put them together. */
export function bareCommandsIn(text: string): string[] {
  return text.match(/`(?:dead-letters|offsets|outbox|reconciliation)(?: [^`]*)?`/g) ?? [];
}

/** A line that a shell continues. */
function unfolded(text: string): string {
  return text.replaceAll(/\\\n\s*/g, '');
}
