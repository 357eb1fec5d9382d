// The `facts` fence: what one file says, a line a fact, in words that a reader can check against the code.
import type { Action } from './actions.ts';
import type { Expr, FunctionId, Member, TypeExpr } from './expressions.ts';
import type { FileFacts, FunctionFact, SagaFact, StepFact, TypeFact } from './facts.ts';
import type { Role } from './roles.ts';
import { impossible } from '../impossible.ts';
import { lineColumn, lineStarts } from '../text.ts';

/** Prints types, roles of calls, consumers, sagas, suppressions and gaps; imports and plain calls are left out. */
export function printFacts(facts: FileFacts, text: string): string {
  const starts = lineStarts(text);
  const lines = [
    ...facts.types.map(printType),
    ...facts.functions.flatMap((fn) =>
      rolesOf(fn.body).map((it) => `${printRole(it.role)}, ${it.settled}, in ${functionName(fn)}`),
    ),
    ...facts.consumers.map((it) => {
      const events = it.events.map(printExpr).join(', ') || 'unnamed events';
      const request = it.isRequest === true ? ', request' : '';
      const policy = it.policy ? `, deadLetter ${it.policy.deadLetter} limit ${it.policy.limit}` : '';
      const handing = it.isHandedOver ? ', for its callers' : '';
      const answers = it.isAnswered ? ' by its answer' : '';
      const ack = it.acknowledges === undefined ? '' : `, acknowledges ${it.acknowledges}${answers}`;
      return `consumer ${it.name} of ${events} (${it.library}, ${it.transport}${request}), handler ${target(facts, it.handler)}${handing}${ack}${policy}`;
    }),
    ...facts.sagas.flatMap((it) => printSaga(facts, it)),
    ...facts.suppressions.map(
      (it) =>
        `suppression ${it.form} ${it.rules.join(', ') || 'all'}${it.reason === undefined ? '' : ` -- ${it.reason}`}`,
    ),
    ...facts.gaps.map(({ at, reason }) => {
      const { line, column } = lineColumn(starts, at.start);
      return `gap at ${line + 1}:${column + 1}: ${reason}`;
    }),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

/** An expression in one short line. */
export function printExpr(expr: Expr): string {
  switch (expr.kind) {
    case 'string':
      return `'${expr.value}'`;
    case 'literal':
      return expr.text;
    case 'template':
      return `\`${expr.parts.map((it) => (typeof it === 'string' ? it : `\${${printExpr(it)}}`)).join('')}\``;
    case 'name':
      return expr.name;
    case 'this':
      return 'this';
    case 'member':
      return `${printExpr(expr.object)}.${expr.name}`;
    case 'call':
    case 'new':
      return `${expr.kind === 'new' ? 'new ' : ''}${printExpr(expr.callee)}(${listed(expr.args)})`;
    default:
      return printCompound(expr);
  }
}

function printCompound(
  expr: Extract<Expr, { kind: 'object' | 'array' | 'function' | 'choice' | 'operation' | 'unknown' }>,
): string {
  switch (expr.kind) {
    case 'object':
      return `{ ${[...expr.entries.map((it) => it.key), ...expr.spreads.map((it) => `...${printExpr(it)}`)].join(', ')} }`;
    case 'array':
      return `[${listed(expr.items)}]`;
    case 'function':
      return '() => …';
    case 'choice':
      return expr.of.map(printExpr).join(' | ');
    case 'operation':
      return `${expr.operator}(${listed(expr.of)})`;
    case 'unknown':
      return '?';
    default:
      return impossible(expr);
  }
}

function listed(exprs: readonly Expr[]): string {
  return exprs.map(printExpr).join(', ');
}

interface CalledRole {
  readonly role: Role;
  readonly settled: string;
}

function rolesOf(actions: readonly Action[]): readonly CalledRole[] {
  return actions.flatMap((action) => {
    if (action.kind === 'call') return action.roles.map((role) => ({ role, settled: action.settled }));
    return bodiesOf(action).flatMap(rolesOf);
  });
}

function bodiesOf(action: Action): readonly (readonly Action[])[] {
  switch (action.kind) {
    case 'if':
      return [action.then, action.otherwise];
    case 'switch':
      return action.cases.map((it) => it.body);
    case 'loop':
      return [action.body];
    case 'try':
      return [action.body, action.handler ?? [], action.finalizer];
    default:
      return [];
  }
}

/** Every part of a role as written: words, then what is true of it, then expressions by name. */
function printRole(role: Role): string {
  const parts = Object.entries(role).flatMap(([key, value]) => {
    if (key === 'kind' || key === 'library' || value === undefined || value === false) return [];
    if (value === true) return [key];
    if (key === 'deadLetter' || key === 'limit') return [`${key} ${value}`];
    if (key === 'limitedBy') return [`${key} ${value.key}`];
    return [typeof value === 'string' ? value : `${key} ${printExpr(value)}`];
  });
  return `${role.kind} ${[...parts, `(${role.library})`].join(' ')}`;
}

function printType(type: TypeFact): string {
  const members = type.members.map(printMember);
  const body = type.alias === undefined ? `{ ${members.join(', ')} }` : printTypeExpr(type.alias);
  const bases = [...type.bases, ...type.implements].map(printTypeExpr);
  const not = type.notAnEvent === undefined ? '' : `, not an event: ${type.notAnEvent}`;
  return `${type.kind} ${type.name}${bases.length === 0 ? '' : ` of ${bases.join(', ')}`} ${body}${not}`;
}

function printMember(member: Member): string {
  const type = member.type === undefined ? '' : `: ${printTypeExpr(member.type)}`;
  const init = member.init === undefined ? '' : ` = ${printExpr(member.init)}`;
  return `${member.name}${member.isOptional ? '?' : ''}${type}${init}`;
}

function printTypeExpr(type: TypeExpr): string {
  switch (type.kind) {
    case 'ref':
      return type.args.length === 0 ? type.name : `${type.name}<${type.args.map(printTypeExpr).join(', ')}>`;
    case 'object':
      return `{ ${type.members.map(printMember).join(', ')} }`;
    case 'union':
      return type.of.map(printTypeExpr).join(' | ');
    case 'intersection':
      return type.of.map(printTypeExpr).join(' & ');
    case 'literal':
      return `'${type.value}'`;
    case 'array':
      return `${printTypeExpr(type.of)}[]`;
    case 'typeof':
      return `typeof ${type.name}`;
    case 'function':
      return '() => …';
    case 'primitive':
      return type.name;
    case 'other':
      return type.text;
    default:
      return impossible(type);
  }
}

function printSaga(facts: FileFacts, saga: SagaFact): readonly string[] {
  const engine = saga.engine === undefined ? '' : `, ${saga.engine}`;
  return [
    `saga ${saga.name} (${saga.form}${engine})`,
    ...saga.steps.map((it) => `  step ${printStep(facts, it)}`),
  ];
}

function printStep(facts: FileFacts, step: StepFact): string {
  const action = step.action === null ? 'nothing' : target(facts, step.action);
  const compensation =
    step.compensation === undefined
      ? 'unknown'
      : step.compensation === null
        ? 'nothing'
        : target(facts, step.compensation);
  const marks = [
    step.isPivot && 'pivot',
    step.isRetriable && 'retriable',
    step.isReadOnly && 'read-only',
    step.hasTimeLimit && 'time limit',
  ];
  return [
    `${step.name}: runs ${action}, undone by ${compensation}`,
    ...marks.filter((it) => typeof it === 'string'),
  ].join(', ');
}

function target(facts: FileFacts, it: FunctionId | Expr): string {
  if (typeof it !== 'number') return printExpr(it);
  const fn = facts.functions[it];
  return fn === undefined ? `function ${it}?` : functionName(fn);
}

function functionName(fn: FunctionFact): string {
  if (fn.kind === 'module') return 'the module';
  const name = fn.name === '' ? 'a callback' : fn.name;
  return fn.owner === undefined ? name : `${fn.owner}.${name}`;
}
