// Asks every framework about every call, method and class of a file.
import type { Action, CallAction } from '../facts/actions.ts';
import type { ConsumerFact, FileFacts, FunctionFact, Gap } from '../facts/facts.ts';
import { lazily } from '../facts/once.ts';
import type { CallSite, Framework } from './frameworks/framework.ts';
import { pathOf } from './paths.ts';
import type { Clients, FileView, Makes } from './fileView.ts';
import { viewOf } from './view.ts';

/**
 * The facts with roles and consumers filled in; what other files make may be given. A framework that throws is left out for this file
 * and becomes a gap.
 */
export function recognise(facts: FileFacts, frameworks: readonly Framework[], given?: Clients): FileFacts {
  const view = viewOf(facts, makesOf(frameworks), given);
  const consuming = frameworks.filter((it) => it.consumers !== undefined);
  const naming = frameworks.filter((it) => it.roles !== undefined);
  const guarding = frameworks.filter((it) => it.guardsAround !== undefined);
  const broken = new Map<string, string>();
  const consumers: ConsumerFact[] = [];
  const ask = askingWith(broken);

  const functions = facts.functions.map((fn) => {
    const body = withRoles(fn.body, (action) => {
      const site = siteOf(view, fn, action);
      consumers.push(...firstAnswer(consuming, (it) => ask(it, site, it.consumers)));
      const roles = firstAnswer(naming, (it) => ask(it, site, it.roles));
      return roles.length > 0 ? { ...action, roles } : action;
    });
    return { ...fn, ...guardOf(fn, { view, guarding, ask }), body };
  });

  const methods = methodsIn(view);
  for (const it of frameworks) {
    consumers.push(...ask(it, it, () => consumersOfMembers(it, view, methods)));
    consumers.push(...ask(it, view, it.modules));
  }
  return { ...facts, functions, consumers: distinct(consumers), gaps: [...facts.gaps, ...gapsOf(broken)] };
}

function makesOf(frameworks: readonly Framework[]): Makes {
  return Object.assign({}, ...frameworks.map((it) => it.makes ?? {}));
}

function gapsOf(broken: ReadonlyMap<string, string>): readonly Gap[] {
  return [...broken].map(([name, message]) => ({
    at: { start: 0, end: 0 },
    reason: `The framework ${name} failed on this file: ${message}`,
  }));
}

/** Asks a framework about a call, a file or a function. */
type Asking = <Subject, T>(
  framework: Framework,
  subject: Subject,
  question: ((subject: Subject) => readonly T[] | undefined) | undefined,
) => readonly T[];

function askingWith(broken: Map<string, string>): Asking {
  return (framework, subject, question) => {
    try {
      return question?.(subject) ?? [];
    } catch (error) {
      broken.set(framework.name, error instanceof Error ? error.message : String(error));
      return [];
    }
  };
}

/** Of two frameworks that recognise one call the first wins. */
function firstAnswer<T>(
  frameworks: readonly Framework[],
  ask: (framework: Framework) => readonly T[],
): readonly T[] {
  for (const it of frameworks) {
    const found = ask(it);
    if (found.length > 0) return found;
  }
  return [];
}

function guardOf(
  fn: FunctionFact,
  given: {
    readonly view: FileView;
    readonly guarding: readonly Framework[];
    readonly ask: Asking;
  },
): Pick<FunctionFact, 'guardedAt'> {
  const { view, guarding, ask } = given;
  const [guardedAt] = guarding.flatMap((it) => ask(it, fn, () => it.guardsAround?.(view, fn)));
  return guardedAt ? { guardedAt } : {};
}

function consumersOfMembers(
  framework: Framework,
  view: FileView,
  methods: ReadonlyMap<string, readonly FunctionFact[]>,
): readonly ConsumerFact[] {
  const found: ConsumerFact[] = [];
  for (const fn of framework.methods ? view.facts.functions : []) {
    for (const decorator of fn.decorators)
      found.push(...(framework.methods?.({ view, fn, decorator }) ?? []));
  }
  for (const type of framework.classes ? view.facts.types : []) {
    if (type.kind !== 'class') continue;
    found.push(...(framework.classes?.({ view, type, methods: methods.get(type.name) ?? [] }) ?? []));
  }
  return found;
}

/** The methods and accessors of each class, by its name. */
function methodsIn({ facts }: FileView): ReadonlyMap<string, readonly FunctionFact[]> {
  const methods = new Map<string, FunctionFact[]>();
  for (const it of facts.functions) {
    if (it.owner === undefined || it.kind === 'constructor') continue;
    const before = methods.get(it.owner);
    if (before) before.push(it);
    else methods.set(it.owner, [it]);
  }
  return methods;
}

/**
 * One handler is one consumer: of two libraries the more specific, which comes first in the list; registered for several
 * events with one library it handles them all.
 */
function distinct(consumers: readonly ConsumerFact[]): readonly ConsumerFact[] {
  const found = new Map<string, ConsumerFact>();
  for (const it of consumers) {
    const body = typeof it.handler === 'number' ? `#${it.handler}` : `@${it.handler.at.start}`;
    const before = found.get(body);
    if (!before) found.set(body, it);
    else if (before.library === it.library) found.set(body, joined(before, it));
  }
  return [...found.values()];
}

function joined(first: ConsumerFact, second: ConsumerFact): ConsumerFact {
  const places = new Set(first.events.map((it) => it.at.start));
  const events = [...first.events, ...second.events.filter((it) => !places.has(it.at.start))];
  const waitsFor = [...(first.waitsFor ?? []), ...(second.waitsFor ?? [])];
  return { ...first, events, ...(waitsFor.length > 0 && { waitsFor }) };
}

function siteOf(view: FileView, fn: FunctionFact, action: CallAction): CallSite {
  const { call } = action;
  const path = pathOf(call.callee);
  const receiver = call.callee.kind === 'member' ? call.callee.object : undefined;
  // Most calls are told from what concerns a framework by their name alone.
  const origin = lazily(() => view.originOf(receiver ?? call.callee));
  return {
    view,
    action,
    call,
    path,
    name: path.at(-1) ?? '?',
    ...(receiver ? { receiver } : {}),
    receiverName: receiver ? (pathOf(receiver).at(-1) ?? '?') : '',
    get origin() {
      return origin();
    },
    fn,
    arg: (index) => {
      const expr = call.args[index];
      return expr && view.valueOf(expr);
    },
  };
}

/** The facts as they were before any framework spoke. */
export function unrecognised(facts: FileFacts): FileFacts {
  const bare = (action: CallAction): CallAction =>
    action.roles.length > 0 ? { ...action, roles: [] } : action;
  const functions = facts.functions.map((it) => ({ ...it, body: withRoles(it.body, bare) }));
  return { ...facts, functions, consumers: [], sagas: [], gaps: [] };
}

function withRoles(
  actions: readonly Action[],
  change: (action: CallAction) => CallAction,
): readonly Action[] {
  const inside = (list: readonly Action[]): readonly Action[] => withRoles(list, change);
  return actions.map((action): Action => {
    switch (action.kind) {
      case 'call':
        return change(action);
      case 'if':
        return { ...action, then: inside(action.then), otherwise: inside(action.otherwise) };
      case 'switch':
        return { ...action, cases: action.cases.map((it) => ({ ...it, body: inside(it.body) })) };
      case 'loop':
        return { ...action, body: inside(action.body) };
      case 'try': {
        const handler = action.handler && inside(action.handler);
        return { ...action, body: inside(action.body), handler, finalizer: inside(action.finalizer) };
      }
      default:
        return action;
    }
  });
}
