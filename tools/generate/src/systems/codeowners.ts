/** Each service belongs to the team of its name, and the contracts to all of these. */
export function ownersOfServices(names: readonly string[]): string {
  const team = (name: string): string => `@dozen/${name}`;
  const line = (path: string, owners: readonly string[]): string => `${path.padEnd(36)}${owners.join(' ')}\n`;
  return [line('/libs/contracts/', names.map(team)), ...names.map((name) => line(`/apps/${name}/`, [team(name)]))].join(
    '',
  );
}
