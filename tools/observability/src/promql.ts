const WORDS = new Set('by without on ignoring group_left group_right and or unless bool offset inf nan'.split(' '));

/** What stands in an expression of Prometheus. */
export interface Names {
  readonly metrics: ReadonlySet<string>;
  readonly labels: ReadonlySet<string>;
}

/** Metrics and labels of an expression, by their places in it. */
export function namesIn(expression: string): Names {
  const labels = new Set<string>();
  const bare = expression
    .replaceAll(/#.*$/gm, '')
    .replaceAll(/\{([^}]*)\}/g, (_match, matchers: string) => {
      for (const [, label] of matchers.matchAll(/([a-zA-Z_]\w*)\s*(?:=~|!~|!=|=)/g)) labels.add(label ?? '');
      return '';
    })
    .replaceAll(/\b(by|without|on|ignoring)\s*\(([^)]*)\)/g, (_match, _word, list: string) => {
      for (const label of list.split(',')) labels.add(label.trim());
      return ' ';
    })
    .replaceAll(/\[[^\]]*\]/g, '');
  const metrics = [...bare.matchAll(/(?<![\w.])[a-zA-Z_:][\w:]*(?!\s*\()(?![\w:])/g)]
    .map(([name]) => name)
    .filter((name) => !WORDS.has(name.toLowerCase()));
  return { metrics: new Set(metrics), labels };
}

/**
 * What must return a series while the system is well: an alert is empty then, so its comparisons are made to answer 0 or
 * 1, and of `a unless b` both are asked. Variables of dashboards get the values that they begin with.
 */
export function evaluable(expression: string): string[] {
  return expression
    .replaceAll('$__rate_interval', '5m')
    .replaceAll('$job', '.+')
    .split(/\bunless\b/)
    .map((part) => part.replaceAll(/(>=|<=|==|>|<)(?!~)\s*(?!bool)/g, '$1 bool ').trim());
}
