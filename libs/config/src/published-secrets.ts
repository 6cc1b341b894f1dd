/**
 * Whether anybody can know a secret, since it is checked in: those of the demo begin with `demo-`, and `secret` is what
 * the examples say.
 */
export function isPublishedSecret(text: string): boolean {
  return text === 'secret' || text.startsWith('demo-');
}
