// What a SQL text does. It reads the head and a few telling clauses; nothing more is needed to judge a repeat.
import type { Expr, ObjectEntry, StringExpr, TemplateExpr } from './expressions.ts';
import type { Role, WriteRole } from './roles.ts';

/** Where a longer text goes on nothing is looked for: a list of rows, or a text whose every reading would take minutes. */
const longest = 10_000;

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

/**
 * The role of a statement, `BEGIN`/`COMMIT`/`ROLLBACK` included; undefined for a text that is no SQL. `values` are what
 * its placeholders stand for.
 */
export function readSql(expr: StringExpr | TemplateExpr, values: readonly Expr[] = []): Role | undefined {
  const whole =
    expr.kind === 'string'
      ? expr.value
      : expr.parts.map((it) => (typeof it === 'string' ? it : ' ? ')).join('');
  const text = whole.slice(0, longest);
  const given = expr.kind === 'string' ? values : expr.parts.filter((it) => typeof it !== 'string');
  const phase = /^\s*(begin|start transaction|commit|rollback)\b/i.exec(text)?.[1]?.toLowerCase();
  if (phase) {
    const is = phase === 'commit' || phase === 'rollback' ? phase : 'begin';
    return { kind: 'transaction', library: 'sql', phase: is };
  }
  for (const head of heads) {
    const store = head.test.exec(text)?.[1];
    if (store === undefined) continue;
    if (head.operation === 'read') return { kind: 'read', library: 'sql', store, confidence: 'shape' };
    const entries = head.operation === 'update' ? setBy(text, given) : insertedBy(text, given);
    const data = entries.length > 0 && {
      data: { kind: 'object', entries, spreads: [], at: expr.at } as const,
    };
    return { ...written(text, store, head.operation), ...data };
  }
  return undefined;
}

/** `SET quantity = $1, price = ?`: the columns with what their placeholders stand for. */
function setBy(text: string, values: readonly Expr[]): readonly ObjectEntry[] {
  const clause = /\bset\b([\s\S]*?)(?:\bwhere\b|$)/i.exec(text);
  if (!clause) return [];
  const before = [...text.slice(0, clause.index).matchAll(/\?/g)].length;
  let asked = before;
  return [...(clause[1] ?? '').matchAll(/(?:(\w+)["`\]]?\s*=\s*)?(?:\$(\d+)|\?)(\s*[-+*/|(])?/g)].flatMap(
    (it) => {
      const [, key, place, computed] = it;
      const value = values[place === undefined ? asked++ : Number(place) - 1];
      return key !== undefined && value && computed === undefined ? [{ key, value, at: value.at }] : [];
    },
  );
}

/** `INSERT INTO outbox (id, payload) VALUES ($1, ?)`: the columns with what their placeholders stand for. */
function insertedBy(text: string, values: readonly Expr[]): readonly ObjectEntry[] {
  const clause = /\binto\s+[\w."`[\]]+\s*\(([^()]*)\)\s*values\s*\(([^)]*)/i.exec(text);
  if (!clause) return [];
  const columns = (clause[1] ?? '').split(',').map((it) => it.replace(/["`[\]\s]/g, ''));
  let asked = 0;
  return (clause[2] ?? '').split(',').flatMap((given, index) => {
    const place = /^\s*(?:\$(\d+)|\?)/.exec(given);
    const value = place && values[place[1] === undefined ? asked++ : Number(place[1]) - 1];
    const key = columns[index];
    return key && value ? [{ key, value, at: value.at }] : [];
  });
}

function written(text: string, store: string, operation: WriteRole['operation']): WriteRole {
  const isUpsert =
    /on\s+conflict[\s\S]*do\s+update|on\s+duplicate\s+key\s+update|insert\s+or\s+replace/i.test(text);
  const isIgnored = /on\s+conflict[\s\S]*do\s+nothing|insert\s+(or\s+)?ignore|where\s+not\s+exists/i.test(
    text,
  );
  const adds = /\bset\b[\s\S]*?\b(\w+)\b["`]?\s*=\s*["`]?(?:\w+\.)?\1["`]?\s*[+-]/i.test(text);
  const isChecked =
    operation === 'update' && /\bwhere\b[\s\S]*\b(version|status|state)\b["`]?\s*(=|in\b|<>|!=)/i.test(text);
  return {
    kind: 'write',
    library: 'sql',
    operation: adds && (isUpsert || operation === 'update') ? 'increment' : isUpsert ? 'upsert' : operation,
    store,
    ...(isIgnored || isChecked ? { isConditional: true } : {}),
    confidence: 'shape',
  };
}
