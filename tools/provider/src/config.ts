import { z } from 'zod';

const whole = (fallback: string) =>
  z
    .string()
    .regex(/^\d{1,6}$/, 'must be a whole number')
    .default(fallback)
    .transform(Number);

const environment = z.object({
  DATA_DIR: z.string('is missing: the folder of the store').min(1),
  HOST: z.string().min(1).default('127.0.0.1'),
  PORT: whole('0'),
  SLOW_MS: whole('3000'),
});
export type ProviderConfig = z.output<typeof environment>;

/** @returns the configuration, or a line for each mistake. */
export function readConfig(env: NodeJS.ProcessEnv): ProviderConfig | { readonly mistakes: readonly string[] } {
  const parsed = environment.safeParse(env);
  if (parsed.success) return parsed.data;
  return { mistakes: parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`) };
}
