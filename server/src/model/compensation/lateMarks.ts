// Steps whose compensation hangs on a mark that is set only when the step has returned: a flag, a state, the id that it gave.
import type { Action } from '../../facts/actions.ts';
import type { Expr } from '../../facts/expressions.ts';
import type { FileFacts, FunctionFact } from '../../facts/facts.ts';
import { oncePerPlace } from '../../facts/once.ts';
import { actionsIn, callsIn, namesIn } from '../../facts/walk.ts';
import type { FilePath, Span } from '../../text.ts';
import { mayFollow } from '../calls/order.ts';
import { calleeName } from '../fileIndex.ts';
import type { EventModel, SagaNode, StepNode } from '../model.ts';

export interface LateMark {
  readonly file: FilePath;
  /** Where it is set. */
  readonly at: Span;
  readonly name: string;
  /** The list that takes the step in, where that is the mark: `done.push('reserve')`. */
  readonly list: string | undefined;
  readonly step: StepNode;
}

/** Those of one saga that is a function. */
export function* lateMarks(model: EventModel, { file, fact, steps }: SagaNode): Iterable<LateMark> {
  const facts = model.files.get(file);
  const fn = fact.function === undefined ? undefined : facts?.functions[fact.function];
  if (!facts || !fn) return;
  // One call takes many steps back.
  const setFor = oncePerPlace((at) => settingsFor(facts, fn, at));
  for (const step of steps) {
    const undoing = step.undoing.filter((it) => it.isRow !== true);
    if (step.file !== file || undoing.length === 0) continue;
    const marks = undoing.map((it) =>
      it.known === 'always' && it.file === file ? lateMark(fn, step, setFor(it.at)) : undefined,
    );
    const [first] = marks;
    if (first && marks.every((it) => it !== undefined)) {
      const { at, name, list } = first;
      yield { file, step, at, name, list };
    }
  }
}

/** What a compensation asks before it runs. */
interface Asked {
  /** Variables by their number, fields by their name. */
  readonly roots: ReadonlySet<number | string>;
  /** The states or names of steps that it is compared with; empty where the mark itself is the answer. */
  readonly values: ReadonlySet<string>;
}

interface Mark {
  readonly at: Span;
  readonly name: string;
  readonly list?: string;
  /** Where it is done. */
  readonly from: number;
}

/** Where a function sets what a compensation of its file asks for. */
function settingsFor({ functions }: FileFacts, fn: FunctionFact, at: Span): readonly Mark[] {
  const around = functions.find((it) => callsIn(it.body).some(({ call }) => call.at.start === at.start));
  const asked = around && askedAround(around.body, at.start);
  return asked && asked.roots.size > 0 ? settings(fn.body, asked) : [];
}

function lateMark(fn: FunctionFact, step: StepNode, set: readonly Mark[]): Mark | undefined {
  const before = (it: Mark): boolean => mayFollow(fn.body, it.from, step.at.start);
  const after = set.filter((it) => !before(it) && mayFollow(fn.body, step.at.start, it.from));
  return after.length > 0 && !set.some(before) ? after[0] : undefined;
}

/** All conditions of branches around a place, together. */
function askedAround(body: readonly Action[], offset: number): Asked {
  const roots = new Set<number | string>();
  const values = new Set<string>();
  const ask = (expr: Expr): void => {
    for (const it of rootsOf(expr)) roots.add(it);
    for (const it of textsIn(expr)) values.add(it);
  };
  for (const action of actionsIn(body)) {
    if (action.kind === 'if' && holds(action.then, offset)) ask(action.condition);
    if (action.kind !== 'switch') continue;
    const cases = action.cases.filter((it) => holds(it.body, offset));
    if (cases.length > 0) ask(action.on);
    for (const it of cases.flatMap(({ tests }) => tests)) for (const text of textsIn(it)) values.add(text);
  }
  return { roots, values };
}

function holds(actions: readonly Action[], offset: number): boolean {
  return [...callsIn(actions)].some(({ call }) => call.span.start <= offset && offset < call.span.end);
}

function rootsOf(expr: Expr): readonly (number | string)[] {
  const fields: string[] = [];
  const visit = (it: Expr): void => {
    if (it.kind === 'member' && it.object.kind === 'this') fields.push(it.name);
    else if (it.kind === 'member') visit(it.object);
    else if (it.kind === 'operation') it.of.forEach(visit);
    else if (it.kind === 'call') visit(it.callee);
  };
  visit(expr);
  return [...fields, ...[...namesIn(expr)].flatMap((it) => (it.binding === undefined ? [] : [it.binding]))];
}

/** Texts, and members of what is written like an enum. */
function textsIn(expr: Expr): readonly string[] {
  if (expr.kind === 'string') return [expr.value];
  if (expr.kind === 'member' && /^[A-Z]/.test(expr.name)) return [expr.name];
  if (expr.kind === 'operation') return expr.of.flatMap(textsIn);
  return expr.kind === 'call' ? expr.args.flatMap(textsIn) : [];
}

/** Where what is asked about becomes so: `isReserved = true`, `this.state = 'reserved'`, `done.push('reserve')`. */
function settings(body: readonly Action[], { roots, values }: Asked): readonly Mark[] {
  return [...actionsIn(body)].flatMap((action): readonly Mark[] => {
    if (action.kind === 'call') {
      const { callee, args } = action.call;
      const isKept = /^(?:push|add|unshift)$/.test(calleeName(callee) ?? '') && callee.kind === 'member';
      const isMeant = isKept && args.some((it) => textsIn(it).some((text) => values.has(text)));
      return isMeant && isKept
        ? [{ at: action.call.at, from: action.call.at.start, name: callee.name, ...listOf(callee.object) }]
        : [];
    }
    if (action.kind !== 'assign' || !rootsOf(action.target).some((it) => roots.has(it))) return [];
    const { target, value } = action;
    if (value.kind === 'literal' && /^(?:false|undefined|null|0)$/.test(value.text)) return [];
    const texts = textsIn(value);
    if (values.size > 0 && texts.length > 0 && !texts.some((it) => values.has(it))) return [];
    const name = target.kind === 'name' || target.kind === 'member' ? target.name : 'the mark';
    return [{ at: target.at, name, from: value.kind === 'call' ? value.span.end : target.at.start }];
  });
}

function listOf(object: Expr): Pick<Mark, 'list'> {
  return object.kind === 'name' || object.kind === 'member' ? { list: object.name } : {};
}
