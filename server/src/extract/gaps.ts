// What looks like messaging but could not be understood from the file: said rather than passed over in silence.
import type { ts } from 'ts-morph';
import type { CallAction } from '../facts/actions.ts';
import type { Expr } from '../facts/expressions.ts';
import type { FileFacts, Gap, SagaFact, StepFact } from '../facts/facts.ts';
import { tanglesIn } from '../facts/tangles.ts';
import { callsIn } from '../facts/walk.ts';

/** Publishes without a readable event, handlers and compensations that can't be read. */
export function unreadIn(facts: FileFacts): readonly Gap[] {
  return [
    ...facts.functions.flatMap((fn) => [...callsIn(fn.body)].flatMap(unreadPublishes)),
    ...facts.consumers.flatMap(({ handler, at, name }) =>
      typeof handler !== 'number' && isUntold(facts, handler)
        ? [{ at, reason: `What \`${name}\` calls with the event can't be read.` }]
        : [],
    ),
    ...facts.sagas.flatMap(unreadSteps),
    ...tanglesIn(facts).map(({ functions: [{ at }], functions }) => ({
      at,
      reason: `${functions.length} functions of this file lead to each other, by more calls than are followed.`,
    })),
  ];
}

/** A handler that is no name, or hangs on what may be anything: the model has nothing to follow it by. */
function isUntold(facts: FileFacts, handler: Expr, steps = 8): boolean {
  if (handler.kind === 'unknown') return true;
  if (steps === 0) return false;
  if (handler.kind === 'member') return isUntold(facts, handler.object, steps - 1);
  const binding =
    handler.kind === 'name' && handler.binding !== undefined ? facts.bindings[handler.binding] : undefined;
  if (binding?.init) return isUntold(facts, binding.init, steps - 1);
  return binding?.type?.kind === 'primitive' && /^(?:any|unknown)$/.test(binding.type.name);
}

/** The parser goes on after an error, so the first one tells enough. */
export function syntaxErrors(source: ts.SourceFile): readonly Gap[] {
  const errors: unknown = Reflect.get(source, 'parseDiagnostics');
  const first: unknown = Array.isArray(errors) ? errors[0] : undefined;
  const start: unknown =
    typeof first === 'object' && first !== null ? Reflect.get(first, 'start') : undefined;
  if (typeof start !== 'number') return [];
  const end = Math.min(start + 1, source.text.length);
  return [
    { at: { start, end }, reason: 'The text has a syntax error here: what is around it may be missing.' },
  ];
}

function unreadPublishes({ call, roles }: CallAction): readonly Gap[] {
  const isUnread = roles.some((it) => it.kind === 'publish' && it.event.kind === 'unknown');
  return isUnread ? [{ at: call.at, reason: "The event that is published here can't be read." }] : [];
}

function unreadSteps({ steps }: SagaFact): readonly Gap[] {
  return steps.flatMap(({ at, name, compensation, action }) =>
    // What takes back `new ReserveStock()` stands in its class, which the model reads.
    compensation === undefined && !isMade(action)
      ? [{ at, reason: `What takes \`${name}\` back can't be read.` }]
      : [],
  );
}

function isMade(action: StepFact['action']): boolean {
  return typeof action === 'object' && action?.kind === 'new';
}
