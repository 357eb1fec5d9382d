// A function's own lines: blank lines, comments and the functions declared inside it do not count,
// so that a closure over shared state is measured by its parts.

/** Reports a function of more than `max` own lines of code. */
export const functionLength = {
  meta: {
    type: 'suggestion',
    schema: [{ type: 'integer' }],
    messages: {
      long: '`{{name}}` has {{lines}} lines of its own; {{max}} are the limit. Split it by subject.',
    },
  },
  create(context) {
    const [max = 30] = context.options;
    const open = [];
    const enter = (node) => open.push({ node, inner: new Set() });
    const leave = () => {
      const { node, inner } = open.pop();
      const all = codeLines(context.sourceCode, node);
      const own = [...all].filter((line) => !inner.has(line));
      if (own.length > max) report(context, node, own.length, max);
      if (isDeclared(node)) for (const line of all) open.at(-1)?.inner.add(line);
      else for (const line of inner) open.at(-1)?.inner.add(line);
    };
    const kinds = ['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression'];
    return Object.fromEntries(
      kinds.flatMap((kind) => [
        [kind, enter],
        [`${kind}:exit`, leave],
      ]),
    );
  },
};

function codeLines(sourceCode, node) {
  return new Set(sourceCode.getTokens(node).flatMap((token) => [token.loc.start.line, token.loc.end.line]));
}

function isDeclared(node) {
  return (
    node.type === 'FunctionDeclaration' ||
    node.parent.type === 'VariableDeclarator' ||
    node.parent.type === 'MethodDefinition'
  );
}

function report(context, node, lines, max) {
  const name = node.id?.name ?? node.parent.id?.name ?? node.parent.key?.name ?? 'This function';
  context.report({ loc: node.loc.start, messageId: 'long', data: { name, lines, max } });
}
