/**
 * The smallest part of a group that still does what the whole did, down to one if one does. `fails` runs on a system of its
 * own. Only halves are tried: of two that do it together alone the whole is left.
 */
export async function bisect(
  whole: { readonly from: number; readonly to: number },
  fails: (part: { readonly from: number; readonly to: number }) => Promise<boolean>,
): Promise<{ readonly from: number; readonly to: number }> {
  let { from, to } = whole;
  while (to - from > 1) {
    const middle = from + Math.ceil((to - from) / 2);
    if (await fails({ from, to: middle })) to = middle;
    else if (await fails({ from: middle, to })) from = middle;
    else break;
  }
  return { from, to };
}
