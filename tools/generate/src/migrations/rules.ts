/**
 * Which of Squawk's rules decide about a migration, and what a migration that breaks them on purpose must say.
 * Left out: rules of taste (integer widths, IF EXISTS, text types), and time-outs, which `migrate` sets for every session.
 */
export const RULES: Readonly<Record<string, 'contracting' | 'locking' | 'never'>> = {
  // The build before still reads or writes it, during the deploy and after a rollback.
  'ban-drop-column': 'contracting',
  'ban-drop-table': 'contracting',
  'renaming-column': 'contracting',
  'renaming-table': 'contracting',
  'changing-column-type': 'contracting',
  // The build before writes rows without it.
  'adding-required-field': 'contracting',
  'adding-not-nullable-field': 'contracting',
  // The build before does not expect a null in it.
  'ban-drop-not-null': 'contracting',
  // The table is read or rewritten under a lock that stops the service meanwhile.
  'adding-field-with-default': 'locking',
  'adding-foreign-key-constraint': 'locking',
  'adding-serial-primary-key-field': 'locking',
  'constraint-missing-not-valid': 'locking',
  'disallowed-unique-constraint': 'locking',
  'require-concurrent-index-creation': 'locking',
  'require-concurrent-index-deletion': 'locking',
  // PostgreSQL refuses it, or more goes than is named.
  'ban-concurrent-index-creation-in-transaction': 'never',
  'ban-drop-database': 'never',
  'ban-truncate-cascade': 'never',
  'syntax-error': 'never',
};
