// What a SQL text does. It reads the head and a few telling clauses; nothing more is needed to judge a repeat.
import type { StringExpr, TemplateExpr } from '../../facts/expressions.ts';
import type { Role, WriteRole } from '../../facts/roles.ts';

const name = String.raw`["\`\[]?(?:\w+["\`\]]?\.["\`\[]?)?(\w+)`;
const heads: readonly { readonly test: RegExp; readonly operation: WriteRole['operation'] | 'read' }[] = [
  {
    test: new RegExp(
      String.raw`^\s*(?:with\b[\s\S]*?\)\s*)?insert\s+(?:or\s+\w+\s+)?(?:ignore\s+)?into\s+${name}`,
      'i',
    ),
    operation: 'insert',
  },
  {
    test: new RegExp(String.raw`^\s*(?:with\b[\s\S]*?\)\s*)?update\s+(?:only\s+)?${name}`, 'i'),
    operation: 'update',
  },
  { test: new RegExp(String.raw`^\s*delete\s+from\s+${name}`, 'i'), operation: 'delete' },
  { test: new RegExp(String.raw`^\s*merge\s+into\s+${name}`, 'i'), operation: 'upsert' },
  {
    test: new RegExp(String.raw`^\s*(?:with\b[\s\S]*?\)\s*)?select\b[\s\S]*?\bfrom\s+${name}`, 'i'),
    operation: 'read',
  },
];

/** The role of a statement, `BEGIN`/`COMMIT`/`ROLLBACK` included; undefined for a text that is no SQL. */
export function readSql(expr: StringExpr | TemplateExpr): Role | undefined {
  const text =
    expr.kind === 'string'
      ? expr.value
      : expr.parts.map((it) => (typeof it === 'string' ? it : ' ? ')).join('');
  const phase = /^\s*(begin|start transaction|commit|rollback)\b/i.exec(text)?.[1]?.toLowerCase();
  if (phase) {
    const is = phase === 'commit' || phase === 'rollback' ? phase : 'begin';
    return { kind: 'transaction', library: 'sql', phase: is };
  }
  for (const head of heads) {
    const store = head.test.exec(text)?.[1];
    if (store === undefined) continue;
    if (head.operation === 'read') return { kind: 'read', library: 'sql', store, confidence: 'shape' };
    return written(text, store, head.operation);
  }
  return undefined;
}

function written(text: string, store: string, operation: WriteRole['operation']): WriteRole {
  const isUpsert =
    /on\s+conflict[\s\S]*do\s+update|on\s+duplicate\s+key\s+update|insert\s+or\s+replace/i.test(text);
  const isIgnored = /on\s+conflict[\s\S]*do\s+nothing|insert\s+(or\s+)?ignore|where\s+not\s+exists/i.test(
    text,
  );
  const adds = /\bset\b[\s\S]*?(\w+)["`]?\s*=\s*["`]?(?:\w+\.)?\1["`]?\s*[+-]/i.test(text);
  const isChecked =
    operation === 'update' && /\bwhere\b[\s\S]*\b(version|status|state)\b["`]?\s*(=|in\b|<>|!=)/i.test(text);
  return {
    kind: 'write',
    library: 'sql',
    operation: isUpsert ? 'upsert' : adds && operation === 'update' ? 'increment' : operation,
    store,
    ...(isIgnored || isChecked ? { isConditional: true } : {}),
    confidence: 'shape',
  };
}
