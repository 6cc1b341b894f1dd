/**
 * Begins the text of a statement that is planned each time: one that joins an array with a table which is empty at one time
 * and large at another. A plan that is kept from when it was small would read all of it until it is analysed again.
 */
export const PLANNED_ANEW = '/* planned anew */';

/**
 * Names for the texts of statements that repeat, so that the server keeps their plans: the same in every connection of the
 * process. A text gets one the second time that it is seen, and no more than `most` texts have one: what a mapper makes up
 * for each length of a list would else fill the memory of every session.
 */
export class StatementNames {
  readonly #most: number;
  readonly #names = new Map<string, string>();
  readonly #seenOnce = new Set<string>();
  #given = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** Undefined for a text that has none (yet), or is to have none. */
  of(text: string): string | undefined {
    if (text.startsWith(PLANNED_ANEW)) return undefined;
    const name = this.#names.get(text);
    if (name !== undefined || this.#names.size >= this.#most) return name;
    if (!this.#seenOnce.delete(text)) {
      if (this.#seenOnce.size >= this.#most) this.#seenOnce.clear();
      this.#seenOnce.add(text);
      return undefined;
    }
    this.#given += 1;
    const given = `dozen_${this.#given}`;
    this.#names.set(text, given);
    return given;
  }

  /**
   * The statement that the server holds under the text's name is of no use any more: the next time the text gets another name.
   */
  forget(text: string): void {
    this.#names.delete(text);
  }
}
