export interface IdentityConfig {
  readonly dataDir: string;
  readonly host: string;
  readonly port: number;
  readonly issuer?: string;
  readonly tokenLifetimeS: number;
}

/** @returns the configuration, or a line for each mistake. An empty value counts as missing. */
export function readConfig(env: NodeJS.ProcessEnv): IdentityConfig | { readonly mistakes: readonly string[] } {
  const { DATA_DIR: dataDir, ISSUER: issuer } = env;
  const port = Number(env.PORT || '0');
  const tokenLifetimeS = Number(env.TOKEN_LIFETIME_S || '3600');
  const mistakes: string[] = [];
  if (!dataDir) mistakes.push('DATA_DIR is missing: the folder of the key pair');
  if (!isWhole(port, 0, 65_535)) mistakes.push('PORT must be a whole number from 0 to 65535');
  if (!isWhole(tokenLifetimeS, 1, 31_536_000)) mistakes.push('TOKEN_LIFETIME_S must be a whole number of at least 1');
  if (issuer && !URL.canParse(issuer)) mistakes.push('ISSUER must be a URL');
  if (!dataDir || mistakes.length > 0) return { mistakes };
  return { dataDir, port, tokenLifetimeS, host: env.HOST || '127.0.0.1', ...(issuer ? { issuer } : {}) };
}

function isWhole(value: number, min: number, max: number): boolean {
  return Number.isSafeInteger(value) && value >= min && value <= max;
}
