import ts from 'typescript';

/** Knows the keys of objects by the names that they have in some files: `const facts = {…}`, `this.fields = {…}`. */
export class FieldNames {
  readonly #known = new Map<string, ts.Expression[]>();

  constructor(files: readonly ts.SourceFile[]) {
    for (const file of files) this.#learn(file);
  }

  /** The keys of an expression; `…name` for what cannot be known from the text. */
  of(expression: ts.Expression): string[] {
    if (ts.isParenthesizedExpression(expression)) return this.of(expression.expression);
    if (ts.isConditionalExpression(expression)) {
      return [...this.of(expression.whenTrue), ...this.of(expression.whenFalse)];
    }
    if (ts.isObjectLiteralExpression(expression)) {
      return expression.properties.flatMap((property) => {
        if (ts.isSpreadAssignment(property)) return this.of(property.expression);
        return [property.name.getText()];
      });
    }
    const name = nameOf(expression);
    const objects = (name === undefined ? [] : (this.#known.get(name) ?? [])).map((found) => ({
      found,
      near: found.getSourceFile() === expression.getSourceFile(),
    }));
    const near = objects.filter((one) => one.near);
    const chosen = (near.length > 0 ? near : objects).map(({ found }) => found);
    return chosen.length === 0 ? [`…${name ?? expression.getText()}`] : chosen.flatMap((found) => this.of(found));
  }

  #learn(node: ts.Node): void {
    if (ts.isVariableDeclaration(node) && ts.isIdentifier(node.name)) this.#note(node.name.text, node.initializer);
    if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.EqualsToken) {
      this.#note(nameOf(node.left), node.right);
    }
    if (ts.isFunctionDeclaration(node)) {
      for (const statement of node.body?.statements ?? []) {
        if (ts.isReturnStatement(statement)) this.#note(node.name?.text, statement.expression);
      }
    }
    ts.forEachChild(node, (child) => this.#learn(child));
  }

  #note(name: string | undefined, value: ts.Expression | undefined): void {
    if (name === undefined || value === undefined || !ts.isObjectLiteralExpression(value)) return;
    this.#known.set(name, [...(this.#known.get(name) ?? []), value]);
  }
}

/** `facts`; `fields` of `held.fields`; `fieldsOf` of `fieldsOf(request)`. */
function nameOf(expression: ts.Expression): string | undefined {
  if (ts.isIdentifier(expression)) return expression.text;
  if (ts.isPropertyAccessExpression(expression)) return expression.name.text;
  return ts.isCallExpression(expression) ? nameOf(expression.expression) : undefined;
}
