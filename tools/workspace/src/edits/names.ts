/** `add-weight`, `AddWeight` and `addWeight` of the words of a name, whatever of these it is spelled as. */
export interface Names {
  readonly kebab: string;
  readonly pascal: string;
  readonly camel: string;
}

export function namesOf(text: string): Names {
  const words = text
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== '')
    .map((word) => word.toLowerCase());
  const pascal = words.map(capitalised).join('');
  return { kebab: words.join('-'), pascal, camel: pascal.charAt(0).toLowerCase() + pascal.slice(1) };
}

export function capitalised(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

/** `parcels` of `parcel`, `deliveries` of `delivery`. */
export function pluralOf(word: string): string {
  if (/[^aeiou]y$/.test(word)) return `${word.slice(0, -1)}ies`;
  return /(s|x|ch|sh)$/.test(word) ? `${word}es` : `${word}s`;
}

/** `parcel` of `parcels`; undefined of what is no plural by its look. */
export function singularOf(word: string): string | undefined {
  if (word.endsWith('ies')) return `${word.slice(0, -3)}y`;
  if (/(x|ch|sh)es$/.test(word)) return word.slice(0, -2);
  return /[^s]s$/.test(word) ? word.slice(0, -1) : undefined;
}

/** Throws what the person at the keyboard needs: what is wrong, and what would be right. */
export function check(holds: boolean, message: string): asserts holds {
  if (!holds) throw new Error(message);
}
