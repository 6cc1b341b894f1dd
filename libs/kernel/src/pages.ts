/**
 * All rows of something that is read in pages by its key, each page from after the last row of the page before
 * (`undefined`: from the start). Ends with the first page that is empty. Throws what `read` throws.
 */
export async function* inPages<Row>(read: (last: Row | undefined) => Promise<readonly Row[]>): AsyncGenerator<Row> {
  for (let rows = await read(undefined); rows.length > 0; rows = await read(rows.at(-1))) yield* rows;
}
