import ts from 'typescript';

/** The source text with `name` imported from `from`: by the import that there is, or by one more. */
export function withImport(text: string, name: string, from: string): string {
  const imports = parsed(text).statements.filter(ts.isImportDeclaration);
  const same = imports.find((one) => specifierOf(one) === from && one.importClause?.phaseModifier === undefined);
  const named = same?.importClause?.namedBindings;
  if (named !== undefined && ts.isNamedImports(named)) {
    if (named.elements.some((element) => element.name.text === name)) return text;
    const last = named.elements.at(-1);
    return last === undefined ? text : insert(text, last.getEnd(), `, ${name}`);
  }
  const before = imports.findLast((one) => isRelative(specifierOf(one)) <= isRelative(from)) ?? imports.at(-1);
  return insert(text, before?.getEnd() ?? 0, `\nimport { ${name} } from '${from}';`);
}

export interface Listed {
  /** Of the property or the constant that is the list. */
  readonly list: string;
  readonly element: string;
  /** First of the list instead of last. */
  readonly first?: boolean;
}

/**
 * The source text with one more element in a list: `{ migrations: [A] }`, `const topics = [a]`. A property that is another
 * expression is spread into a new list; one that is missing is added to the object that `owner` is called with.
 */
export function withListed(text: string, { list, element, first = false }: Listed, owner: string): string {
  const nodes = everyNode(parsed(text));
  const holder = nodes.find(
    (node): node is ts.PropertyAssignment | ts.VariableDeclaration =>
      (ts.isPropertyAssignment(node) || ts.isVariableDeclaration(node)) && node.name.getText() === list,
  );
  const value = holder?.initializer;
  if (value === undefined) return withProperty(text, nodes, { owner, property: `${list}: [${element}]` });
  if (!ts.isArrayLiteralExpression(value)) {
    return `${text.slice(0, value.getStart())}[...${value.getText()}, ${element}]${text.slice(value.getEnd())}`;
  }
  const [one] = value.elements;
  const last = value.elements.at(-1);
  if (one === undefined || last === undefined) return insert(text, value.getStart() + 1, element);
  // Behind the comment that heads the list.
  return first ? insert(text, one.getStart(), `${element}, `) : insert(text, last.getEnd(), `, ${element}`);
}

function withProperty(
  text: string,
  nodes: readonly ts.Node[],
  { owner, property }: { readonly owner: string; readonly property: string },
): string {
  const call = nodes.filter(ts.isCallExpression).find(({ expression }) => expression.getText() === owner);
  const options = call?.arguments[0];
  if (options === undefined || !ts.isObjectLiteralExpression(options)) {
    throw new Error(`there is no ${owner}({ … }) that ${property} could be added to`);
  }
  const last = options.properties.at(-1);
  return last === undefined
    ? insert(text, options.getStart() + 1, ` ${property} `)
    : insert(text, last.getEnd(), `, ${property}`);
}

function parsed(text: string): ts.SourceFile {
  return ts.createSourceFile('source.ts', text, ts.ScriptTarget.Latest, true);
}

function everyNode(node: ts.Node): ts.Node[] {
  const nodes = [node];
  // An array iterates over what is added to it meanwhile.
  for (const one of nodes) ts.forEachChild(one, (child) => void nodes.push(child));
  return nodes;
}

function specifierOf({ moduleSpecifier }: ts.ImportDeclaration): string {
  return ts.isStringLiteral(moduleSpecifier) ? moduleSpecifier.text : '';
}

function isRelative(specifier: string): number {
  return specifier.startsWith('.') ? 1 : 0;
}

function insert(text: string, at: number, what: string): string {
  return `${text.slice(0, at)}${what}${text.slice(at)}`;
}
