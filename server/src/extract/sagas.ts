// Sagas as one file shows them, read from its facts: step arrays, builder chains, imperative code, durable workflows, NestJS
// streams. What a step does and whether its undoing undoes anything is the model's to say, and which candidate is a saga at all.
import type { CallAction } from '../facts/actions.ts';
import type { Expr } from '../facts/expressions.ts';
import type { FileFacts, FunctionFact, SagaFact } from '../facts/facts.ts';
import type { GuardRole, Role } from '../facts/roles.ts';
import { saidDone, sagaName, takingHold } from '../facts/sagaWords.ts';
import { callsIn } from '../facts/walk.ts';
import { allExpressions, type Held } from './heldExpressions.ts';
import { spoken } from './paths.ts';
import { builders, createdSteps, runnerSagas } from './sagaBuilders.ts';
import { objectBehind, singleSteps, stepArrays } from './sagaSteps.ts';

const undoing =
  /compensat|roll_?back|undo|revert|refund|release|cancel|unreserve|restore|void|reverse|restock|deprovision/i;
/** By these a workflow of Temporal has its work done. */
const runsWork = /^(?:proxy(?:Local)?Activities|executeChild|startChild)$/;
const plumbing =
  /(?:client|pool|conn\w*|queryRunner|lock|mutex|reader|session|semaphore|timer|source|token)\.(?:release|cancel|delete|remove|return|void)$/i;

/** The sagas of a file. */
export function readSagas(facts: FileFacts): readonly SagaFact[] {
  // What redux-saga calls a saga is a task of a user interface.
  if (facts.imports.some((it) => /^(?:redux-saga|typed-redux-saga)/.test(it.from))) return [];
  const held = allExpressions(facts);
  const engine = engineOf(facts);
  const declared = [
    ...stepArrays(facts, held),
    ...builders(facts, held),
    ...runnerSagas(facts, held),
    ...singleSteps(facts),
    ...(engine === 'medusa' ? createdSteps(facts, held) : []),
  ];
  const written =
    engine === 'medusa'
      ? medusaWorkflows(facts, held)
      : engine === 'temporal'
        ? temporalWorkflows(facts)
        : imperative(facts, declared);
  return [...declared, ...written, ...streams(facts)];
}

function engineOf(facts: FileFacts): string | undefined {
  const ofTemporal = facts.imports.filter((it) => it.from === '@temporalio/workflow');
  if (ofTemporal.some((it) => runsWork.test(it.name) || (it.name === '*' && runsThrough(facts, it.local))))
    return 'temporal';
  return facts.imports.some((it) => /^@medusajs\/(framework\/)?workflows-sdk$/.test(it.from))
    ? 'medusa'
    : undefined;
}

/** `wf.proxyActivities(…)` of `import * as wf`. */
function runsThrough({ functions }: FileFacts, local: string): boolean {
  return functions.some(({ body }) =>
    callsIn(body).some(
      ({ call: { callee } }) =>
        callee.kind === 'member' &&
        runsWork.test(callee.name) &&
        callee.object.kind === 'name' &&
        callee.object.name === local,
    ),
  );
}

function* temporalWorkflows(facts: FileFacts): Iterable<SagaFact> {
  for (const fn of facts.functions) {
    if (fn.kind === 'module' || !isOutermost(facts, fn) || !fn.isExported || !fn.isAsync) continue;
    yield { name: fn.name, at: fn.at, form: 'workflow', engine: 'temporal', steps: [], function: fn.id };
  }
}

/** `createWorkflow('place-order', (input) => { reserveStockStep(input); … })`. */
function* medusaWorkflows(facts: FileFacts, held: readonly Held[]): Iterable<SagaFact> {
  for (const { expr, name, at } of held) {
    if (expr.kind !== 'call' || expr.callee.kind !== 'name' || expr.callee.name !== 'createWorkflow')
      continue;
    const body = expr.args.find((it) => it.kind === 'function');
    if (!body) continue;
    const [config] = expr.args;
    const id = config?.kind === 'string' ? config.value : name;
    const options = config && objectBehind(facts, config);
    const hasTimeLimit = options?.entries.some((it) => it.key === 'timeout');
    yield {
      ...{ name: id, at, form: 'workflow', engine: 'medusa', steps: [], function: body.function },
      ...(hasTimeLimit ? { hasTimeLimit } : {}),
    };
  }
}

/** `@Saga() orderPlaced = (events$: Observable<any>) => events$.pipe(…)`. */
function* streams(facts: FileFacts): Iterable<SagaFact> {
  for (const type of facts.types) {
    for (const member of type.members) {
      if (!member.decorators?.some((it) => it.name === 'Saga')) continue;
      const fn = facts.functions.find((it) => it.owner === type.name && it.name === member.name);
      yield {
        name: member.name,
        at: member.at,
        form: 'stream',
        steps: [],
        owner: type.name,
        ...(fn ? { function: fn.id } : {}),
      };
    }
  }
  for (const fn of facts.functions) {
    if (!fn.decorators.some((it) => it.name === 'Saga') || fn.owner === undefined) continue;
    yield { name: fn.name, at: fn.at, form: 'stream', steps: [], owner: fn.owner, function: fn.id };
  }
}

/** Functions that run several calls in order: the model takes those for sagas that say so, or that undo some of it. */
function* imperative(facts: FileFacts, others: readonly SagaFact[]): Iterable<SagaFact> {
  for (const fn of facts.functions) {
    if (fn.kind === 'constructor' || fn.kind === 'accessor') continue;
    const isFound = fn.isGenerator === true || fn.name !== '' || isOutermost(facts, fn);
    if (!isFound || others.some((it) => runsSteps(it, fn))) continue;
    const calls = [...callsIn(fn.body)].filter((it) => it.settled !== 'dropped' && !it.isNew);
    // A generator does nothing by itself; an engine that plays it back runs it wherever it stands.
    if (fn.isGenerator && !isPlayedBack(calls)) continue;
    if (calls.length < 2 || !calls.some((it) => it.settled === 'awaited')) continue;
    const isNamed = sagaName.test(`${fn.name} ${fn.owner ?? ''}`);
    if (!isNamed && !mentionsUndoing(facts, fn) && !holdsMuch(facts, fn, calls)) continue;
    yield {
      name: fn.name || fn.owner || (registeredAs(facts, fn) ?? handedFor(facts, fn) ?? 'saga'),
      at: fn.at,
      form: 'imperative',
      steps: [],
      function: fn.id,
      ...(fn.owner === undefined ? {} : { owner: fn.owner }),
      ...keptBy(calls),
    };
  }
}

/** `yield context.df.callActivity('charge-card', order)` in a generator: its steps are registered elsewhere. */
function isPlayedBack(calls: readonly CallAction[]): boolean {
  return calls.some(({ roles }) => roles.some((it) => it.kind === 'guard' && it.isElsewhere === true));
}

/** `df.app.orchestration('placeOrder', function* (context) { … })`. */
function registeredAs({ functions }: FileFacts, { id }: FunctionFact): string | undefined {
  const roles = functions.flatMap(({ body }) => callsIn(body).flatMap((it) => it.roles));
  const found = roles.find(
    (it) => it.kind === 'registration' && it.body.kind === 'function' && it.body.function === id,
  );
  return found?.kind === 'registration' && found.key.kind === 'string' ? found.key.value : undefined;
}

/** `const checkout = inngest.createFunction(…, async ({ step }) => …)`: what is made of a function without a name. */
function handedFor({ bindings }: FileFacts, { id }: FunctionFact): string | undefined {
  return bindings.find(
    ({ init }) =>
      init?.kind === 'call' && init.args.some((it) => it.kind === 'function' && it.function === id),
  )?.name;
}

/** The engine that keeps a journal of what the function does: it goes on after a crash, and ends an attempt that hangs. */
function keptBy(calls: readonly CallAction[]): Pick<SagaFact, 'engine' | 'hasTimeLimit' | 'isGivenUp'> {
  const roles = calls.flatMap((it) => it.roles);
  const journal = roles.find((it): it is GuardRole => it.kind === 'guard' && it.isJournaled === true);
  if (!journal) return {};
  return { engine: journal.library, hasTimeLimit: true, ...(journal.isGivenUp && { isGivenUp: true }) };
}

/** Whether a function, or a callback in it, calls what takes something back; a transaction and a connection are no saga. */
function mentionsUndoing(facts: FileFacts, fn: FunctionFact): boolean {
  const inside = facts.functions.filter((it) => it === fn || isInside(it, fn));
  return inside.some((it) => [...callsIn(it.body)].some(isUndoing));
}

function isUndoing({ call, roles }: CallAction): boolean {
  if (call.args.length === 0 && roles.some((it) => it.kind === 'transaction')) return false;
  const journal = roles.find((it) => it.kind === 'guard' && it.isJournaled === true);
  const key = journal?.kind === 'guard' ? journal.key : undefined;
  if (key?.kind === 'string' && undoing.test(key.value)) return true;
  const asked = askedOf(roles);
  if (asked !== undefined) return undoing.test(asked) || asked.endsWith('.delete');
  return undoing.test(spoken(call.callee).replace(plumbing, ''));
}

/** What a command is called, or the address of a request asks for: `stock.release`, `reservations.delete`. */
function askedOf(roles: readonly Role[]): string | undefined {
  const command = roles.find((it) => it.kind === 'publish' && it.isRequest === true);
  if (command?.kind === 'publish') return commandIn(command.event);
  const remote = roles.find((it) => it.kind === 'remote');
  return remote?.kind === 'remote' && !remote.isRead ? remote.asks : undefined;
}

/** `'stock.reserve'`, `{ cmd: 'reserve_stock' }`, `PATTERNS.RESERVE_STOCK`, as far as it stands there. */
function commandIn(event: Expr): string | undefined {
  if (event.kind === 'string') return event.value.replace(/[:/]/g, '.');
  if (event.kind === 'member' || event.kind === 'name') return event.name;
  if (event.kind === 'new') return spoken(event.callee);
  const texts = event.kind === 'object' ? event.entries.flatMap((it) => commandIn(it.value) ?? []) : [];
  return texts.length > 0 ? texts.join('.') : undefined;
}

/** Two calls that take hold of something: whoever makes both runs a transaction over several parties. */
function holdsMuch(facts: FileFacts, fn: FunctionFact, calls: readonly CallAction[]): boolean {
  const held = calls.filter(({ call, roles }) =>
    takingHold.test(givenUpOf(roles) ?? saidDone(askedOf(roles) ?? spoken(call.callee))),
  );
  return held.length > 1 && (!held.some((it) => givenUpOf(it.roles)) || !toldOfFailure(facts, fn));
}

/** `step.run('charge-card', …)`: the name of what an engine tries some times and then gives up. */
function givenUpOf(roles: readonly Role[]): string | undefined {
  const guard = roles.find((it) => it.kind === 'guard');
  const key = guard?.kind === 'guard' && guard.isGivenUp ? guard.key : undefined;
  return key?.kind === 'string' ? key.value.replace(/\W+/g, '_') : undefined;
}

/** `onFailure` of the function: what it does there may take back every step. */
function toldOfFailure({ consumers }: FileFacts, { id }: FunctionFact): boolean {
  return consumers.some((it) => it.handler === id && it.policy?.deadLetter !== 'none');
}

/** Whether a function belongs to a step saga's own class or steps, so that it is not a saga of its own. */
function runsSteps(saga: SagaFact, fn: FunctionFact): boolean {
  if (saga.form === 'step') return saga.steps.some((it) => isInside(fn, it));
  if (saga.owner !== undefined && saga.owner === fn.owner) return true;
  return saga.steps.some((it) => isInside(fn, it));
}

function isInside(fn: FunctionFact, { span }: { readonly span: FunctionFact['span'] }): boolean {
  return span.start <= fn.span.start && fn.span.end <= span.end;
}

function isOutermost(facts: FileFacts, fn: FunctionFact): boolean {
  return fn.outer === undefined || facts.functions[fn.outer]?.kind === 'module';
}
