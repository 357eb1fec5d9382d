// Every name by which a file could speak of an event: declarations, tags, topics, `case` literals, keys of topic maps, functions
// that announce one. Sentences, error codes and states of an entity are no names of events.
import type { Action } from '../facts/actions.ts';
import type { Expr, Member, TypeExpr } from '../facts/expressions.ts';
import type { FileFacts, FunctionFact, TypeFact } from '../facts/facts.ts';
import { branchesOf } from '../facts/walk.ts';

/** The names in the order of the file, each once. A part of a template that can't be read is `*`. */
export function spokenNames(facts: FileFacts): readonly string[] {
  let names = known.get(facts);
  if (!names) known.set(facts, (names = [...new Set(collect(facts))]));
  return names;
}

/** The names that one class speaks in its methods and fields. */
export function namesSpokenIn(facts: FileFacts, type: TypeFact): readonly string[] {
  const inside = facts.functions.filter(
    (it) => type.span.start <= it.span.start && it.span.end <= type.span.end,
  );
  return [
    ...type.members.flatMap((it) => [...ofMember(it)]),
    ...inside.flatMap((it) => [...namesOfFunction(it)]),
  ];
}

const known = new WeakMap<FileFacts, readonly string[]>();

/** Where a failed state or an error code is written, which no consumer hears of. */
const ofState = /(?:stat(?:us|e)|code|reason|error|err|exception|message|outcome|result|phase)(?:e?s)?$/i;
const announcing =
  /^_?(?:publish|emit|send|announce|raise|dispatch|produce|broadcast)(?=[A-Z_])(?!.*(?:Mail|Sms|Notification|Alert)$)/;
/** What is told to operators or to a screen, not to consumers. */
const telling =
  /^(?:t|translate|i18n|instant|increment|inc|startSpan|addEvent|setStatus|captureException|captureMessage|toThrow)$/;
const groupWords =
  /(?:Events?|Topics?|Types?|Names?|Subjects?|Queues?|Patterns?|Channels?|Keys?|Messages?|s)$/i;

function* collect(facts: FileFacts): Iterable<string> {
  for (const it of facts.imports) yield* typeName(it.name);
  for (const it of facts.types) yield* namesOfType(it);
  for (const it of facts.bindings) {
    if (it.type && !ofState.test(it.name)) yield* ofType(it.type);
    const isCodes = it.isTopLevel && it.init?.kind === 'object' && ofState.test(it.name);
    if (it.init && !isCodes && !isStateOf(it.name, it.init))
      yield* ofExpr(it.init, it.isTopLevel ? it.name.replace(groupWords, '') : '');
  }
  for (const it of facts.functions) yield* namesOfFunction(it);
  for (const { events } of facts.consumers) for (const it of events) yield* ofExpr(it, '');
  for (const { steps } of facts.sagas) for (const it of steps) yield it.name;
}

function* typeName(name: string): Iterable<string> {
  if (!/(?:Error|Exception)s?$/.test(name)) yield name;
}

function* namesOfType(fact: TypeFact): Iterable<string> {
  if (ofState.test(fact.name)) return;
  if (fact.kind === 'enum') {
    for (const it of fact.members) {
      yield `${fact.name.replace(groupWords, '')} ${it.name}`;
      if (it.init) yield* ofExpr(it.init, '');
    }
    return;
  }
  yield* typeName(fact.name);
  if (/(?:Error|Exception)$/.test(fact.name)) return;
  for (const it of fact.members) yield* ofMember(it);
  if (fact.alias) yield* ofType(fact.alias);
  for (const it of [...fact.bases, ...fact.implements]) yield* ofType(it);
}

function* ofMember({ name, type, init, decorators }: Member): Iterable<string> {
  if (ofState.test(name)) return;
  if (type) yield* ofType(type);
  if (init) yield* ofExpr(init, '');
  for (const { args } of decorators ?? []) for (const it of args) yield* ofExpr(it, '');
}

function* ofType(type: TypeExpr): Iterable<string> {
  if (type.kind === 'literal') yield* nameIn(type.value.replace(/^['"`]|['"`]$/g, ''));
  else if (type.kind === 'union' || type.kind === 'intersection') for (const it of type.of) yield* ofType(it);
  else if (type.kind === 'array') yield* ofType(type.of);
  else if (type.kind === 'object') for (const it of type.members) yield* ofMember(it);
  else if (type.kind === 'other')
    for (const [text] of type.text.matchAll(/(?<=['"])[^'"\s]+(?=['"])/g)) yield text;
  else if (type.kind === 'ref') {
    yield* typeName(type.name);
    for (const it of type.args) yield* ofType(it);
  }
}

function* namesOfFunction({ name, decorators, returns, body }: FunctionFact): Iterable<string> {
  if (announcing.test(name)) yield name.replace(announcing, '');
  for (const { args } of decorators) for (const it of args) yield* ofExpr(it, '');
  if (returns) yield* ofType(returns);
  yield* ofActions(body);
}

function* ofActions(actions: readonly Action[]): Iterable<string> {
  for (const action of actions) {
    if (action.kind === 'call')
      yield* action.roles.some((it) => it.kind === 'log') ? [] : ofExpr(action.call, '');
    else if (action.kind === 'assign' && !isState(action.target)) yield* ofExpr(action.value, '');
    else if (action.kind === 'if') yield* ofExpr(action.condition, '');
    else if (action.kind === 'return' && action.value) yield* ofExpr(action.value, '');
    else if (action.kind === 'switch' && !isState(action.on))
      for (const it of action.cases.flatMap((one) => one.tests)) yield* ofExpr(it, '');
    for (const list of branchesOf(action)) yield* ofActions(list);
  }
}

function* ofExpr(expr: Expr, prefix: string): Iterable<string> {
  switch (expr.kind) {
    case 'string':
      return yield* nameIn(expr.value);
    case 'template':
      return yield* nameIn(expr.parts.map((it) => (typeof it === 'string' ? it : '*')).join(''));
    case 'name':
      return /^[A-Z]/.test(expr.name) ? yield* typeName(expr.name) : undefined;
    case 'member':
      if (isState(expr.object)) return;
      if (/^[A-Z]/.test(expr.name)) yield `${pathOf(expr.object)} ${expr.name}`;
      return expr.index ? yield* ofExpr(expr.index, '') : undefined;
    case 'call':
    case 'new':
      return yield* ofCall(expr);
    case 'array':
      for (const it of expr.items) yield* ofExpr(it, prefix);
      return;
    case 'object':
      return yield* ofEntries(expr, prefix);
    case 'choice':
    case 'operation':
      if (!expr.of.some(isState)) for (const it of expr.of) yield* ofExpr(it, prefix);
      return;
    default:
  }
}

function* ofCall({ callee, args, typeArgs }: Expr & { readonly kind: 'call' | 'new' }): Iterable<string> {
  const name = callee.kind === 'name' || callee.kind === 'member' ? callee.name : '';
  if (/(?:Error|Exception)$/.test(name) || callee.kind === 'this' || telling.test(name)) return;
  if (announcing.test(name)) yield name.replace(announcing, '');
  else if (/^[A-Z]/.test(name)) yield name;
  if (callee.kind === 'member') yield* ofExpr(callee.object, '');
  for (const it of typeArgs) yield* ofType(it);
  for (const it of args) yield* ofExpr(it, '');
}

function* ofEntries(
  { entries, spreads }: Expr & { readonly kind: 'object' },
  prefix: string,
): Iterable<string> {
  for (const { key, computed, value } of entries) {
    if (isStateOf(key, value)) continue;
    yield* nameIn(key);
    if (prefix !== '') yield `${prefix} ${key}`;
    if (computed) yield* ofExpr(computed, '');
    yield* ofExpr(value, prefix === '' ? '' : `${prefix} ${key}`);
  }
  for (const it of spreads) yield* ofExpr(it, '');
}

/** A sentence or a path of a URL names no event. */
function* nameIn(text: string): Iterable<string> {
  if (text !== '' && text.length < 120 && !/[\s/?=]/.test(text)) yield text;
}

/** A bare value under such a name; an object under it (`message: { type: … }`) may well be an event. */
function isStateOf(name: string, { kind }: Expr): boolean {
  return ofState.test(name) && (kind === 'string' || kind === 'member' || kind === 'template');
}

function isState(expr: Expr): boolean {
  return (expr.kind === 'member' || expr.kind === 'name') && ofState.test(expr.name);
}

function pathOf(expr: Expr): string {
  if (expr.kind === 'name') return expr.name.replace(groupWords, '');
  return expr.kind === 'member' ? `${pathOf(expr.object)} ${expr.name}` : '';
}
