/** The languages that mails are written in. */
export const LOCALES = ['en', 'de'] as const;
export type Locale = (typeof LOCALES)[number];

/** The language for a customer's BCP 47 tag (`de-AT` → `de`); English for those that nobody has written yet. */
export function localeOf(tag: string): Locale {
  const language = tag.split('-')[0];
  return LOCALES.find((locale) => locale === language) ?? 'en';
}
