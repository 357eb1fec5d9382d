// Whether a published message hands on the correlation id of the message that its consumer handles, as far as the expressions tell.
import type { CallExpr, Expr, NewExpr, ObjectEntry, ObjectExpr } from '../../facts/expressions.ts';
import type { BindingFact } from '../../facts/facts.ts';
import type { FilePath, Place } from '../../text.ts';
import { assignedTo, bindingOf, lastName, levelOfParameter, type Handling } from '../calls/handling.ts';
import { eachAction } from '../fileIndex.ts';
import type { FunctionNode } from '../model.ts';

/** `silent`: says nothing either way (a topic, a number); `no`: a payload whose parts are known and none of which does it. */
export type HandedOn = 'yes' | 'no' | 'unknown' | 'silent';

const flowId =
  /^_?(?:x-?)?(?:correlation|corr|saga|trace|transaction|txn|conversation|workflow|process|flow|request|session)(?:-|_)?(?:id|key|uuid)$|^traceparent$|^correlation$|^traceContext$/i;
const containers = /^(?:_?meta(?:data)?|headers?|context|ctx|envelope|trace|tracing)$/i;
const contents =
  /^(?:data|payload|body|content|value|detail|event|messages?|records?|properties|options|entries|messagebody|messageattributes)$/i;
const encoders = /^(?:String|stringify|from|encode|serialize|toString|toJSON|freeze|assign|toBinary|json)$/;
const fresh = /uuid|nanoid|ulid|random|^v[1467]$|generateId|generate|createId|cuid|objectid|uniqueid/i;
const scalars = /^(?:toISOString|now|Date|Number|toFixed|getTime|Boolean|parseInt|parseFloat|BigInt)$/;

/** Whether a name is one by which a flow is followed over services. */
export function namesFlow(name: string): boolean {
  return flowId.test(name);
}

/** Judges an expression that travels, as it stands in the function of the given level. */
export function handedOn(here: Handling, file: FilePath, expr: Expr, depth = 0): HandedOn {
  if (depth > 12) return 'unknown';
  const deeper = (it: Expr): HandedOn => handedOn(here, file, it, depth + 1);
  // Whatever it is given: `shippedOf(event)` may begin a flow of its own.
  if (expr.kind === 'call' && ofMaker(here, file, encoded(expr), depth) === 'no') return 'no';
  if (isHandled(here, file, expr)) return 'yes';
  switch (expr.kind) {
    case 'object':
      return ofObject(here, file, expr, depth);
    case 'array':
      return together(expr.items.map(deeper));
    case 'choice':
      return together(expr.of.map(deeper));
    case 'call':
      return ofCall(here, file, expr, depth);
    case 'new':
      return ofNew(here, file, expr, depth);
    case 'name':
      return ofName(here, file, expr, depth);
    case 'member':
      return ofMember(here, file, expr);
    case 'unknown':
    case 'this':
      return 'unknown';
    default:
      return 'silent';
  }
}

/** `shippedOf(event)` of `JSON.stringify(shippedOf(event))`. */
function encoded(call: CallExpr): CallExpr {
  const [first] = call.args;
  return first?.kind === 'call' && encoders.test(lastName(call.callee)) ? encoded(first) : call;
}

/** What several parts say together. */
export function together(parts: readonly HandedOn[]): HandedOn {
  const order = ['yes', 'unknown', 'no'] as const;
  return order.find((it) => parts.includes(it)) ?? 'silent';
}

function ofObject(here: Handling, file: FilePath, object: ObjectExpr, depth: number): HandedOn {
  // `{ ...causedBy(event), correlationId: randomUUID() }` takes back what was spread.
  if (object.entries.some(({ key, value }) => flowId.test(key) && isFreshId(here, file, value))) return 'no';
  const spreads = object.spreads.map((it) => handedOn(here, file, it, depth + 1));
  return together(['no', ...spreads, ...object.entries.map((it) => ofEntry(here, file, it, depth))]);
}

function ofEntry(here: Handling, file: FilePath, { key, value }: ObjectEntry, depth: number): HandedOn {
  if (flowId.test(key)) return isFreshId(here, file, value) ? 'no' : 'yes';
  if (key === '[]') return 'unknown';
  const isWhole =
    /[a-z]Event$|(?:original|incoming|source|inner|parent|request)Message$/.test(key) &&
    value.kind === 'name';
  if (isWhole || containers.test(key) || contents.test(key)) return handedOn(here, file, value, depth + 1);
  return ofField(here, file, value, depth);
}

/** A plain field hands it on only where the whole message, or an object that has it, is its value. */
function ofField(here: Handling, file: FilePath, value: Expr, depth: number): HandedOn {
  if (isHandled(here, file, value)) return 'yes';
  if (value.kind === 'name' && flowId.test(value.name))
    return isFreshId(here, file, value) ? 'silent' : 'yes';
  if (value.kind === 'member' && flowId.test(value.name)) return 'yes';
  if (value.kind !== 'object' && value.kind !== 'array' && value.kind !== 'new') return 'silent';
  return handedOn(here, file, value, depth + 1) === 'yes' ? 'yes' : 'silent';
}

function ofMember(here: Handling, file: FilePath, expr: Expr & { kind: 'member' }): HandedOn {
  if (flowId.test(expr.name) || containers.test(expr.name)) return 'yes';
  const isConstant = here.model.program.stringOf(file, expr) !== undefined;
  const isEnum = expr.object.kind === 'name' && /^[A-Z]/.test(expr.object.name);
  return isConstant || isEnum || isIdOfThing(here, file, expr) ? 'silent' : 'unknown';
}

/** `payment.orderId` says which order it is; by the id of the message itself, or of what runs the flow, the flow may be followed. */
function isIdOfThing(here: Handling, file: FilePath, { object, name }: Expr & { kind: 'member' }): boolean {
  if (!/^_?id$|[a-z]Id$/.test(name) || /^(?:event|message|msg|causation|command|parent)Id$/.test(name))
    return false;
  const isOfFlow = /saga|flow|process|trace|session|request|conversation|transaction|context/i.test(
    lastName(object),
  );
  return !isOfFlow && (/[a-z]Id$/.test(name) || !isHandled(here, file, object));
}

function ofCall(here: Handling, file: FilePath, call: CallExpr, depth: number): HandedOn {
  const name = lastName(call.callee);
  if (fresh.test(name) || scalars.test(name)) return 'silent';
  const args = together(call.args.map((it) => handedOn(here, file, it, depth + 1)));
  if (args === 'yes') return 'yes';
  const object = call.callee.kind === 'member' ? call.callee.object : undefined;
  if (encoders.test(name))
    return object && name.startsWith('to') ? handedOn(here, file, object, depth + 1) : args;
  if (here.model.program.stringOf(file, call) !== undefined) return 'silent';
  return ofMaker(here, file, call, depth);
}

/** `firstOf(correlationId)`: what a function that gives an object puts into it. */
function ofMaker(here: Handling, file: FilePath, call: CallExpr, depth: number): HandedOn {
  const flow = flowIdMade(here, file, call);
  if (!flow) return ofMade(here, file, call, depth);
  const { fn, entry } = flow;
  if (isFreshId(here, fn.file, entry.value)) return 'no';
  const id = entry.value.kind === 'name' ? entry.value.binding : undefined;
  const arg = id === undefined ? undefined : call.args[fn.fact.parameters.indexOf(id)];
  if (!arg) return 'unknown';
  return isFreshId(here, file, arg) ? 'no' : ofField(here, file, arg, depth) === 'yes' ? 'yes' : 'unknown';
}

/** `confirmedOf(order)`, which gives an object in sight: judged as if that object were written at the call. */
function ofMade(here: Handling, file: FilePath, call: CallExpr, depth: number): HandedOn {
  const last = here.levels.at(-1);
  const [maker, ...others] = here.model.program.functionsOf(file, call.callee);
  if (!last || !maker || others.length > 0 || here.levels.some((it) => it.entry.fact === maker.fact))
    return 'unknown';
  const given = givenBy(maker);
  if (given.length === 0 || given.some((it) => it?.kind !== 'object')) return 'unknown';
  const leading = { entry: { file, fact: last.entry.fact }, action: { ...last.action, call } };
  const inside = {
    ...here,
    levels: [...here.levels.slice(0, -1), leading, { entry: maker, action: last.action }],
  };
  return together(given.map((it) => (it ? handedOn(inside, maker.file, it, depth + 1) : 'unknown')));
}

function givenBy({ fact }: FunctionNode): readonly (Expr | undefined)[] {
  return [...eachAction(fact.body)].flatMap((it) => (it.kind === 'return' ? [it.value] : []));
}

/** Where the function behind a call gives what it makes a flow of its own: `correlationId: randomUUID()`. */
export function begunAt(here: Handling, file: FilePath, call: CallExpr): Place | undefined {
  const flow = flowIdMade(here, file, call);
  return flow && isFreshId(here, flow.fn.file, flow.entry.value)
    ? { file: flow.fn.file, at: flow.entry.value.at }
    : undefined;
}

function flowIdMade(
  here: Handling,
  file: FilePath,
  call: CallExpr,
): { readonly fn: FunctionNode; readonly entry: ObjectEntry } | undefined {
  const made = here.model.program.functionsOf(file, call.callee).flatMap((fn) => {
    return givenBy(fn)
      .flatMap((it) => (it?.kind === 'object' ? it.entries : []))
      .map((entry) => ({ fn, entry }));
  });
  return made.find(({ entry }) => flowId.test(entry.key));
}

/** `new OrderPaid(order.id, correlationId)`: by the arguments, and by what the class calls them. */
function ofNew(here: Handling, file: FilePath, made: NewExpr, depth: number): HandedOn {
  if (/^(?:Date|URL|BigNumber|Decimal|TextEncoder)$/.test(lastName(made.callee))) return 'silent';
  const type = here.model.program.typeOf(file, made);
  const maker = type && here.model.program.methodOf(type, 'constructor');
  const parameters = maker ? maker.fact.parameters.map((it) => bindingOf(here.model, maker.file, it)) : [];
  const parts = made.args.map((arg, index): HandedOn => {
    if (flowId.test(parameters[index]?.name ?? '')) return isFreshId(here, file, arg) ? 'no' : 'yes';
    const isWhole = arg.kind === 'object' || made.args.length === 1;
    return isWhole ? handedOn(here, file, arg, depth + 1) : ofField(here, file, arg, depth);
  });
  const isOwn = maker && parameters.length < made.args.length;
  return together([
    type || made.args.some((it) => it.kind === 'object') ? 'no' : 'unknown',
    ...parts,
    ...(isOwn ? ['unknown' as const] : []),
  ]);
}

function ofName(here: Handling, file: FilePath, expr: Expr & { kind: 'name' }, depth: number): HandedOn {
  if (flowId.test(expr.name)) return isFreshId(here, file, expr) ? 'silent' : 'yes';
  if (containers.test(expr.name)) return 'yes';
  if (here.model.program.stringOf(file, expr) !== undefined || expr.name === 'undefined') return 'silent';
  const binding = bindingOf(here.model, file, expr.binding);
  if (binding?.kind === 'catch') return 'silent';
  if (binding?.kind === 'parameter') return ofParameter(here, file, binding, depth);
  if (binding?.kind !== 'const' && binding?.kind !== 'variable') return 'unknown';
  return ofVariable(here, file, binding, depth);
}

function ofVariable(here: Handling, file: FilePath, binding: BindingFact, depth: number): HandedOn {
  const given = assignedTo(here.model, file, binding);
  if (given.members.some((it) => flowId.test(it) || containers.test(it))) return 'yes';
  if (given.isTouched) return 'unknown';
  const values = [...(binding.init ? [binding.init] : []), ...given.values];
  if (values.length === 0) return 'unknown';
  return together(
    values.map((it) => (isPart(here, file, it) ? 'silent' : handedOn(here, file, it, depth + 1))),
  );
}

/** `orderId` of `const { orderId } = message` is one field of it. */
function isPart(here: Handling, file: FilePath, expr: Expr): boolean {
  return expr.kind === 'member' && !contents.test(expr.name) && isHandled(here, file, expr.object);
}

function ofParameter(here: Handling, file: FilePath, binding: BindingFact, depth: number): HandedOn {
  if (binding.init?.kind === 'member') return isHandled(here, file, binding.init) ? 'yes' : 'unknown';
  const index = levelOfParameter(here, file, binding);
  const caller = index === undefined ? undefined : here.levels[index - 1];
  const arg = binding.index === undefined ? undefined : caller?.action.call.args[binding.index];
  if (!caller || index === undefined) return 'unknown';
  if (!arg) return 'silent';
  return handedOn({ ...here, levels: here.levels.slice(0, index) }, caller.entry.file, arg, depth + 1);
}

/** Whether an expression is the handled message, its contents, or what is read from them as a whole. */
export function isHandled(here: Handling, file: FilePath, expr: Expr, depth = 0): boolean {
  if (depth > 12) return false;
  const deeper = (it: Expr): boolean => isHandled(here, file, it, depth + 1);
  switch (expr.kind) {
    case 'name':
      return isHandledName(here, file, bindingOf(here.model, file, expr.binding), depth);
    case 'member':
      return (contents.test(expr.name) || expr.name === '[]') && deeper(expr.object);
    case 'call':
      if (scalars.test(lastName(expr.callee))) return false;
      return expr.args.some(deeper) || (expr.callee.kind === 'member' && deeper(expr.callee.object));
    case 'new':
      return expr.args.some(deeper);
    case 'choice':
      return expr.of.some(deeper);
    default:
      return false;
  }
}

function isHandledName(
  here: Handling,
  file: FilePath,
  binding: BindingFact | undefined,
  depth: number,
): boolean {
  if (!binding) return false;
  if (binding.kind === 'parameter' && binding.index !== undefined) {
    const index = levelOfParameter(here, file, binding);
    const caller = index === undefined ? undefined : here.levels[index - 1];
    if (index === 0) return true;
    const arg = caller?.action.call.args[binding.index];
    const outer = { ...here, levels: here.levels.slice(0, index) };
    return caller !== undefined && arg !== undefined && isHandled(outer, caller.entry.file, arg, depth + 1);
  }
  if (binding.kind === 'parameter') return contents.test(binding.name);
  return binding.init !== undefined && isHandled(here, file, binding.init, depth + 1);
}

/** Whether a value is a new id for each message, which follows nothing. */
export function isFreshId(here: Handling, file: FilePath, value: Expr, depth = 0): boolean {
  if (depth > 6) return false;
  if (value.kind === 'literal' || value.kind === 'string') return true;
  if (value.kind === 'call' || value.kind === 'new')
    return (
      fresh.test(lastName(value.callee)) &&
      value.args.every((it) => it.kind === 'literal' || it.kind === 'object')
    );
  if (value.kind === 'choice') return value.of.every((it) => isFreshId(here, file, it, depth + 1));
  if (value.kind !== 'name') return value.kind === 'member' && value.name === 'undefined';
  const binding = bindingOf(here.model, file, value.binding);
  return (
    binding?.init !== undefined &&
    binding.kind !== 'parameter' &&
    isFreshId(here, file, binding.init, depth + 1)
  );
}
