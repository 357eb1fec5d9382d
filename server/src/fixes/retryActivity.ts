// Lets Temporal try an activity again: a proxy of its own without `maximumAttempts`, so that the engine's policy is the default one.
import { ts } from 'ts-morph';
import type { Edit, FileEdit, FilePath } from '../text.ts';
import type { RetryActivityPlan } from './plan.ts';
import { nameAt, newlineOf, usesSemicolons } from './style.ts';

/** The edits of the one file; none where the proxy or its options are not written there. */
export function retryActivity(
  { target }: RetryActivityPlan,
  read: (file: FilePath) => string | undefined,
): readonly FileEdit[] {
  const found = nameAt(target, read);
  if (!found) return [];
  const { source, name } = found;
  const edits = ts.isPropertyAccessExpression(name.parent)
    ? throughObject(source, name.parent)
    : outOfPattern(source, name);
  return edits.length > 0 ? [{ file: target.file, edits }] : [];
}

interface Proxy {
  readonly statement: ts.VariableStatement;
  readonly declaration: ts.VariableDeclaration;
  /** `proxyActivities<typeof activities>({ … })` without the limit of attempts. */
  readonly lasting: string;
}

function proxies(source: ts.SourceFile): readonly Proxy[] {
  return source.statements.filter(ts.isVariableStatement).flatMap((statement) =>
    statement.declarationList.declarations.flatMap((declaration) => {
      const { initializer } = declaration;
      const lasting = initializer && ts.isCallExpression(initializer) && lastingOf(source, initializer);
      return lasting ? [{ statement, declaration, lasting }] : [];
    }),
  );
}

function lastingOf(source: ts.SourceFile, call: ts.CallExpression): string | undefined {
  const [options] = call.arguments;
  if (!/^proxy(?:Local)?Activities$/.test(call.expression.getText(source))) return undefined;
  if (!options || !ts.isObjectLiteralExpression(options)) return undefined;
  const retry = options.properties.find((it) => it.name?.getText(source) === 'retry');
  if (!retry) return undefined;
  const kept = options.properties.filter((it) => it !== retry).map((it) => it.getText(source));
  const head = source.text.slice(call.getStart(source), options.getStart(source));
  return `${head}{ ${kept.join(', ')} })`;
}

/** `const { reserveStock, releaseStock } = proxyActivities(…)`: the name moves to a pattern of its own. */
function outOfPattern(source: ts.SourceFile, name: ts.Identifier): readonly Edit[] {
  for (const proxy of proxies(source)) {
    const pattern = proxy.declaration.name;
    if (!ts.isObjectBindingPattern(pattern)) continue;
    const element = pattern.elements.find((it) => it.name.getText(source) === name.text);
    if (!element || pattern.elements.length < 2) continue;
    return [removal(source, pattern, element), declared(source, proxy, `{ ${element.getText(source)} }`)];
  }
  return [];
}

function removal(source: ts.SourceFile, pattern: ts.ObjectBindingPattern, element: ts.BindingElement): Edit {
  const { elements } = pattern;
  const index = elements.indexOf(element);
  const next = elements[index + 1];
  if (next) return { at: { start: element.getStart(source), end: next.getStart(source) }, text: '' };
  return { at: { start: elements[index - 1]?.end ?? element.pos, end: element.end }, text: '' };
}

/** `activities.releaseStock()` is called through another proxy. */
function throughObject(source: ts.SourceFile, callee: ts.PropertyAccessExpression): readonly Edit[] {
  const object = callee.expression.getText(source);
  const proxy = proxies(source).find((it) => it.declaration.name.getText(source) === object);
  if (!proxy) return [];
  const known = alike(source, proxy);
  const name = known ?? freeName(source, object);
  const at = { start: callee.expression.getStart(source), end: callee.expression.end };
  return [{ at, text: name }, ...(known === undefined ? [declared(source, proxy, name)] : [])];
}

/** The proxy without a limit that is there already. */
function alike(source: ts.SourceFile, { lasting }: Proxy): string | undefined {
  const plain = (text: string): string => text.replaceAll(/[\s,]/g, '');
  const found = source.statements
    .filter(ts.isVariableStatement)
    .flatMap((it) => [...it.declarationList.declarations])
    .find(
      ({ name, initializer }) =>
        ts.isIdentifier(name) && initializer && plain(initializer.getText(source)) === plain(lasting),
    );
  return found?.name.getText(source);
}

function freeName(source: ts.SourceFile, object: string): string {
  const names = ['compensations', 'lastingActivities'];
  return names.find((it) => !new RegExp(`\\b${it}\\b`).test(source.text)) ?? `${object}UntilDone`;
}

function declared(source: ts.SourceFile, { statement, lasting }: Proxy, name: string): Edit {
  const newline = newlineOf(source.text);
  const end = usesSemicolons(source) ? ';' : '';
  const comment = '// Tried again until it succeeds: what is not taken back stays done.';
  return {
    at: { start: statement.end, end: statement.end },
    text: `${newline}${comment}${newline}const ${name} = ${lasting}${end}`,
  };
}
