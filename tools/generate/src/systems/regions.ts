/**
 * Puts texts between the comments that mark their places in a file which is otherwise written by hand:
 *
 *     # generated: networks
 *     …
 *     # end: networks
 *
 * In Markdown the marks are comments: `<!-- generated: alerts -->`. Throws when a place is missing.
 */
export function withRegions(file: string, texts: Readonly<Record<string, string>>): string {
  return Object.entries(texts).reduce((whole, [name, text]) => {
    const place = new RegExp(
      `^( *(?:#|<!--) generated: ${name}(?: -->)?\\n)[^]*?(^ *(?:#|<!--) end: ${name}(?: -->)?$)`,
      'm',
    );
    if (!place.test(whole)) throw new Error(`there is no place for "${name}"`);
    return whole.replace(place, (_, begin: string, end: string) => `${begin}${text}${end}`);
  }, file);
}
