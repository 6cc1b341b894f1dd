import ts from 'typescript';

/** A text that looks like a code, where it stands. */
export interface NamedCode {
  readonly code: string;
  readonly line: number;
  /** It stands where only a code does: it is what an error is made with, or the property `code`. */
  readonly raised: boolean;
}

/** How HTTP shows an error. */
export interface HttpAnswer {
  readonly status: number;
  /** In seconds. */
  readonly retryAfter: number | undefined;
}

/** What the statements of a source file say about codes. */
export interface FileCodes {
  readonly named: readonly NamedCode[];
  readonly answers: ReadonlyMap<string, HttpAnswer>;
  /** Those that the file makes a permanent `DozenError` of. */
  readonly permanent: ReadonlySet<string>;
}

const CODE = /^[A-Z][A-Z0-9]+(-[A-Z0-9]+)+$/;

export function readCodes(path: string, text: string): FileCodes {
  const nodes = everyNode(ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true));
  const named = nodes.filter(isCode).map((node) => ({ code: node.text, line: lineOf(node), raised: isRaised(node) }));
  return { named, answers: new Map(nodes.flatMap(answerOf)), permanent: permanentOf(nodes) };
}

function everyNode(node: ts.Node): ts.Node[] {
  const nodes = [node];
  // An array iterates over what is added to it meanwhile.
  for (const one of nodes) ts.forEachChild(one, (child) => void nodes.push(child));
  return nodes;
}

function isCode(node: ts.Node): node is ts.StringLiteralLike {
  return ts.isStringLiteralLike(node) && CODE.test(node.text);
}

function lineOf(node: ts.Node): number {
  return node.getSourceFile().getLineAndCharacterOfPosition(node.getStart()).line + 1;
}

/** `new ShopError('SHOP-CLOSED')`, `shopError('SHOP-CLOSED')`, `{ code: 'SHOP-CLOSED' }`. */
function isRaised(node: ts.Node): boolean {
  const { parent } = node;
  if (ts.isPropertyAssignment(parent)) return parent.name.getText() === 'code';
  const isCall = ts.isCallExpression(parent) || ts.isNewExpression(parent);
  return isCall && /Error$/.test(parent.expression.getText()) && parent.arguments?.[0] === node;
}

/** `'SHOP-CLOSED': { status: 503, retryAfter: 2 }` of a catalogue of problems, or `'SHOP-CLOSED': 503`. */
function answerOf(node: ts.Node): [string, HttpAnswer][] {
  if (!ts.isPropertyAssignment(node)) return [];
  const status = numberOf(node.initializer) ?? numberOf(propertyOf(node.initializer, 'status'));
  if (status === undefined || !/^[A-Z][A-Z0-9-]+$/.test(nameOf(node))) return [];
  return [[nameOf(node), { status, retryAfter: numberOf(propertyOf(node.initializer, 'retryAfter')) }]];
}

/** The codes for which `new DozenError(code, …, { permanent })` says so. */
function permanentOf(nodes: readonly ts.Node[]): FileCodes['permanent'] {
  const made = nodes.filter(ts.isNewExpression).filter(({ expression }) => expression.getText() === 'DozenError');
  return new Set(made.flatMap((call) => permanentBy(call, nodes)));
}

/** `permanent: true`, `permanent: code === 'SHOP-GONE'`, `permanent: these.has(code)` with a constant `these` of the file. */
function permanentBy(call: ts.NewExpression, nodes: readonly ts.Node[]): string[] {
  const [code, , options] = call.arguments ?? [];
  const said = propertyOf(options, 'permanent');
  if (code === undefined || said === undefined) return [];
  if (said.kind === ts.SyntaxKind.TrueKeyword) return codesIn(isCode(code) ? [code] : nodes);
  const mentioned = everyNode(said);
  const names = mentioned.filter(ts.isIdentifier).map(({ text }) => text);
  const constants = nodes.filter(ts.isVariableDeclaration).filter(({ name }) => names.includes(name.getText()));
  return codesIn([...mentioned, ...constants.flatMap(everyNode)]);
}

function codesIn(nodes: readonly ts.Node[]): string[] {
  return nodes.filter(isCode).map(({ text }) => text);
}

function propertyOf(node: ts.Node | undefined, name: string): ts.Expression | undefined {
  if (node === undefined || !ts.isObjectLiteralExpression(node)) return undefined;
  return node.properties.filter(ts.isPropertyAssignment).find((property) => nameOf(property) === name)?.initializer;
}

function nameOf({ name }: ts.PropertyAssignment): string {
  return ts.isStringLiteral(name) || ts.isIdentifier(name) ? name.text : '';
}

function numberOf(node: ts.Node | undefined): number | undefined {
  return node !== undefined && ts.isNumericLiteral(node) ? Number(node.text) : undefined;
}
