/** pg reads bigint as text; amounts of money stay within a double's integers (kernel's Money). Keeps null. */
export const safeInteger = {
  from: (text: string | null): number | null => (text === null ? null : Number(text)),
  to: (value: number | null): number | null => value,
};
