// Every name by which a file could speak of an event: declarations, tags, topics, `case` literals, keys of topic maps, functions
// that announce one. Sentences, error codes and states of an entity are no names of events.
import type { Action } from '../../facts/actions.ts';
import type { Expr, Member, TypeExpr } from '../../facts/expressions.ts';
import type { BindingFact, FileFacts, FunctionFact, TypeFact } from '../../facts/facts.ts';
import { once } from '../../facts/once.ts';
import { branchesOf } from '../../facts/walk.ts';
import { eventKey } from './names.ts';

/** The names in the order of the file. A part of a template that can't be read is `*`. */
export const spokenNames = once((facts: FileFacts): ReadonlySet<string> => {
  const names: Names = new Set();
  for (const it of facts.imports) typeName(names, it.name);
  for (const it of facts.types) ofTypeFact(names, it);
  for (const it of facts.bindings) ofBinding(names, it);
  for (const it of facts.functions) ofFunction(names, it);
  for (const { events } of facts.consumers) for (const it of events) ofExpr(names, it, '');
  for (const { steps } of facts.sagas) for (const it of steps) names.add(it.name);
  for (const it of facts.imports) if (platforms.test(it.from)) names.delete(it.local);
  return names;
});

/** The keys of the events that a file could speak of. */
export const spokenKeys = once(
  (facts: FileFacts): ReadonlySet<string> => new Set([...spokenNames(facts)].map(eventKey)),
);

/** The names that one class speaks in its methods and fields. */
export function namesSpokenIn(facts: FileFacts, type: TypeFact): ReadonlySet<string> {
  const names: Names = new Set();
  for (const it of type.members) ofMember(names, it);
  for (const it of facts.functions) {
    if (type.span.start <= it.span.start && it.span.end <= type.span.end) ofFunction(names, it);
  }
  return names;
}

type Names = Set<string>;

/** What they call a failure is theirs: `SQSBatchItemFailure`. */
const platforms =
  /^(?:node:|aws-lambda$|@aws-sdk\/|@azure\/|@google-cloud\/|firebase-|durable-functions$|@nestjs\/|kafkajs$|amqplib$|bullmq$|rxjs)/;
/** Where a failed state or an error code is written, which no consumer hears of. */
const ofState = /(?:stat(?:us|e)|code|reason|error|err|exception|message|outcome|result|phase)(?:e?s)?$/i;
const announcing =
  /^_?(?:publish|emit|send|announce|raise|dispatch|produce|broadcast)(?=[A-Z_])(?!.*(?:Mail|Sms|Notification|Alert)$)/;
/** What is told to operators or to a screen, not to consumers. */
const telling =
  /^(?:t|translate|i18n|instant|increment|inc|startSpan|addEvent|setStatus|captureException|captureMessage|toThrow)$/;
const groupWords =
  /(?:Events?|Topics?|Types?|Names?|Subjects?|Queues?|Patterns?|Channels?|Keys?|Messages?|s)$/i;

function ofBinding(names: Names, { name, type, init, isTopLevel }: BindingFact): void {
  if (type && !ofState.test(name)) ofType(names, type);
  // Calls stand in the bodies too.
  if (!init || init.kind === 'call' || init.kind === 'new' || isStateOf(name, init)) return;
  const isCodes = isTopLevel === true && init.kind === 'object' && ofState.test(name);
  if (!isCodes) ofExpr(names, init, isTopLevel ? name.replace(groupWords, '') : '');
}

function typeName(names: Names, name: string): void {
  if (!/(?:Error|Exception)s?$/.test(name)) names.add(name);
}

function ofTypeFact(names: Names, fact: TypeFact): void {
  if (ofState.test(fact.name)) return;
  if (fact.kind === 'enum') {
    for (const it of fact.members) {
      names.add(`${fact.name.replace(groupWords, '')} ${it.name}`);
      if (it.init) ofExpr(names, it.init, '');
    }
    return;
  }
  typeName(names, fact.name);
  if (/(?:Error|Exception)$/.test(fact.name)) return;
  for (const it of fact.members) ofMember(names, it);
  if (fact.alias) ofType(names, fact.alias);
  for (const it of [...fact.bases, ...fact.implements]) ofType(names, it);
}

function ofMember(names: Names, { name, type, init, decorators }: Member): void {
  if (ofState.test(name)) return;
  if (type) ofType(names, type);
  if (init) ofExpr(names, init, '');
  for (const { args } of decorators ?? []) for (const it of args) ofExpr(names, it, '');
}

function ofType(names: Names, type: TypeExpr): void {
  if (type.kind === 'literal') nameIn(names, type.value.replace(/^['"`]|['"`]$/g, ''));
  else if (type.kind === 'union' || type.kind === 'intersection') for (const it of type.of) ofType(names, it);
  else if (type.kind === 'array') ofType(names, type.of);
  else if (type.kind === 'object') for (const it of type.members) ofMember(names, it);
  else if (type.kind === 'other')
    for (const [text] of type.text.matchAll(/(?<=['"])[^'"\s]+(?=['"])/g)) names.add(text);
  else if (type.kind === 'ref') {
    typeName(names, type.name);
    for (const it of type.args) ofType(names, it);
  }
}

function ofFunction(names: Names, { name, decorators, returns, body }: FunctionFact): void {
  if (announcing.test(name)) names.add(name.replace(announcing, ''));
  for (const { args } of decorators) for (const it of args) ofExpr(names, it, '');
  if (returns) ofType(names, returns);
  ofActions(names, body);
}

function ofActions(names: Names, actions: readonly Action[]): void {
  for (const action of actions) {
    if (action.kind === 'call') {
      if (!action.roles.some((it) => it.kind === 'log')) ofCall(names, action.call);
    } else if (action.kind === 'assign' && !isState(action.target)) ofExpr(names, action.value, '');
    else if (action.kind === 'if') ofExpr(names, action.condition, '');
    else if (action.kind === 'return' && action.value) ofExpr(names, action.value, '');
    else if (action.kind === 'switch' && !isState(action.on))
      for (const it of action.cases.flatMap((one) => one.tests)) ofExpr(names, it, '');
    for (const list of branchesOf(action)) ofActions(names, list);
  }
}

function ofExpr(names: Names, expr: Expr, prefix: string): void {
  switch (expr.kind) {
    case 'string':
      return nameIn(names, expr.value);
    case 'template':
      return nameIn(names, expr.parts.map((it) => (typeof it === 'string' ? it : '*')).join(''));
    case 'name':
      return /^[A-Z]/.test(expr.name) ? typeName(names, expr.name) : undefined;
    case 'member':
      if (isState(expr.object)) return;
      if (/^[A-Z]/.test(expr.name)) names.add(`${pathOf(expr.object)} ${expr.name}`);
      return expr.index ? ofExpr(names, expr.index, '') : undefined;
    case 'call':
    case 'new':
      return ofCall(names, expr);
    case 'array':
      for (const it of expr.items) ofExpr(names, it, prefix);
      return;
    case 'object':
      return ofEntries(names, expr, prefix);
    case 'choice':
    case 'operation':
      if (!expr.of.some(isState)) for (const it of expr.of) ofExpr(names, it, prefix);
      return;
    default:
  }
}

function ofCall(names: Names, { callee, args, typeArgs }: Expr & { readonly kind: 'call' | 'new' }): void {
  const name = callee.kind === 'name' || callee.kind === 'member' ? callee.name : '';
  if (/(?:Error|Exception)$/.test(name) || callee.kind === 'this' || telling.test(name)) return;
  if (announcing.test(name)) names.add(name.replace(announcing, ''));
  else if (/^[A-Z]/.test(name)) names.add(name);
  if (callee.kind === 'member' && !isCall(callee.object)) ofExpr(names, callee.object, '');
  for (const it of typeArgs) ofType(names, it);
  for (const it of args) if (!isCall(it)) ofExpr(names, it, '');
}

/** A call inside a call is an action of its own. */
function isCall({ kind }: Expr): boolean {
  return kind === 'call' || kind === 'new';
}

function ofEntries(
  names: Names,
  { entries, spreads }: Expr & { readonly kind: 'object' },
  prefix: string,
): void {
  for (const { key, computed, value } of entries) {
    if (isStateOf(key, value)) continue;
    nameIn(names, key);
    if (prefix !== '') names.add(`${prefix} ${key}`);
    if (computed) ofExpr(names, computed, '');
    ofExpr(names, value, prefix === '' ? '' : `${prefix} ${key}`);
  }
  for (const it of spreads) ofExpr(names, it, '');
}

/** A sentence or a path of a URL names no event. */
function nameIn(names: Names, text: string): void {
  if (text !== '' && text.length < 120 && !/[\s/?=]/.test(text)) names.add(text);
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
