// What a published or consumed expression names: declared types, wire names, an inline object, or a value handed in from elsewhere.
import type { CallExpr, Expr, NewExpr, ObjectExpr, TemplateExpr } from '../../facts/expressions.ts';
import type { FileFacts, FunctionFact } from '../../facts/facts.ts';
import type { FilePath } from '../../text.ts';
import { isMessageType, isPayloadName, namesMessage } from '../events/evidence.ts';
import { eachAction } from '../fileIndex.ts';
import { makesCloudEvent } from '../metadata/cloudEvents.ts';
import type { FunctionNode } from '../model.ts';
import { isLastResort, statesFact } from '../names/names.ts';
import { instanceNamed, isDetour, isLookedUp, saysWhich, splitNames } from '../names/spelling.ts';
import { chosenByCallers, readsOutbox } from '../producers/bridges.ts';
import type { Linking } from '../program.ts';
import { partsMade } from '../resolution/madeParts.ts';
import {
  givenLater,
  iterated,
  iterations,
  loopSource,
  parameterOf,
  partOf,
  pathOf,
} from '../resolution/origins.ts';
import { classAt, entryOf, rootOf } from '../resolution/values.ts';
import {
  called,
  inside,
  isOfEvent,
  isTold,
  isUseful,
  isProse,
  itemOf,
  saidByPattern,
  tagging,
  takenOut,
  type Message,
  type ReadMessage,
} from './message.ts';
import { collected, encoders, isPattern, maxDepth, relays, tagKeys } from './messageWords.ts';
import {
  enumMember,
  foreignName,
  isText,
  messagesDeclared,
  messagesFilledIn,
  messagesTyped,
} from './typedMessages.ts';

/** Reads messages over a program. */
export function messagesOf(linking: Linking): ReadMessage {
  const { values, calls } = linking;
  const read = (file: FilePath, expr: Expr, depth: number): readonly Message[] => {
    if (depth > maxDepth) return [];
    const deeper = (it: Expr): readonly Message[] => read(file, it, depth + 1);
    switch (expr.kind) {
      case 'choice':
        return expr.of.flatMap(deeper).filter((it) => it.kind !== 'unknown');
      case 'array':
        // An empty list tells of nothing, or is filled elsewhere.
        return expr.items.length === 0 ? [{ kind: 'relayed' }] : expr.items.flatMap(deeper);
      case 'object':
        return readObject(file, expr, depth);
      case 'new':
        return isPattern(expr) ? [{ kind: 'unknown' }] : readNew(file, expr, depth);
      case 'call':
        return readCall(file, expr, depth);
      default:
        return readNamed(file, expr, depth);
    }
  };

  const readObject = (file: FilePath, object: ObjectExpr, depth: number): readonly Message[] => {
    const asserted = object.asserted ? messagesTyped(linking, file, object.asserted) : [];
    if (asserted.length === 1) return asserted;
    for (const key of tagKeys) {
      const tag = entryOf(object, key);
      if (!tag || tag.kind === 'object') continue;
      const tagged = read(file, tag, depth + 1).filter((it) => it.kind !== 'unknown' && it.kind !== 'object');
      if (tagged.length > 0)
        return isLookedUp(tag) ? tagged : tagged.map((it) => tagging(it, { object, file }));
    }
    const pattern = saidByPattern(object, (it) => values.stringOf(file, it));
    if (pattern !== undefined) return [{ kind: 'name', name: pattern }];
    const several = entryOf(object, 'events') ?? entryOf(object, 'messages');
    const listed = several ? read(file, several, depth + 1).filter(isUseful) : [];
    if (listed.length > 0) return listed;
    const inner = object.spreads
      .flatMap((it) => read(file, it, depth + 1))
      .filter((it) => it.kind === 'type');
    return inner.length > 0 ? inner : [{ kind: 'object', object, file }];
  };

  const readNew = (file: FilePath, expr: NewExpr, depth: number): readonly Message[] => {
    const value = values.evaluate(file, expr.callee);
    if (value.kind === 'type' && namesMessage(value.node)) return [{ kind: 'type', node: value.node }];
    const named = expr.args.flatMap((it) => tagIn(file, it, depth));
    if (named.length > 0) return [...named, ...borneBy(file, expr, depth)];
    if (value.kind === 'type') return [{ kind: 'type', node: value.node }];
    return expr.callee.kind === 'name' ? [{ kind: 'name', name: expr.callee.name }] : [{ kind: 'unknown' }];
  };

  /** `new CloudEvent({ type: 'order.placed', data: event })` bears the event as its data. */
  const borneBy = (file: FilePath, expr: NewExpr, depth: number): readonly Message[] => {
    const data = makesCloudEvent(linking, file, expr)
      ? expr.args.map((it) => (it.kind === 'object' ? entryOf(it, 'data') : undefined))
      : [];
    return data.flatMap((it) => (it ? read(file, it, depth + 1).filter((one) => one.kind === 'type') : []));
  };

  const tagIn = (file: FilePath, arg: Expr, depth: number): readonly Message[] => {
    if (arg.kind === 'object') return readObject(file, arg, depth + 1).filter((it) => it.kind === 'name');
    const texts = values.stringsOf(file, arg).filter((it) => /[a-z]{3}/i.test(it) && !/\s|:\/\//.test(it));
    return texts.map((name) => ({ kind: 'name', name }));
  };

  const readCall = (file: FilePath, call: CallExpr, depth: number): readonly Message[] => {
    const { callee } = call;
    const last = callee.kind === 'name' || callee.kind === 'member' ? callee.name : '';
    const schema = callee.kind === 'member' ? values.evaluate(file, callee.object) : undefined;
    if (schema?.kind === 'type' && schema.node.fact.kind === 'schema')
      return [{ kind: 'type', node: schema.node }];
    const argument = call.args[0];
    const typed = calls.typing.typeOf(file, call);
    if (typed && isMessageType(typed) && !isPayloadName(typed.fact.name))
      return [{ kind: 'type', node: typed }];
    const callees = calls.callees(file, call);
    const made = madeBy(callees, file, call, depth);
    if (made.length > 0) return made;
    const texts = values.stringsOf(file, call).map((name): Message => ({ kind: 'name', name }));
    if (texts.length > 0) return texts;
    const given = callees.flatMap((it) =>
      it.fact.returns ? messagesTyped(linking, it.file, it.fact.returns) : [],
    );
    if (given.length > 0) return given;
    if (argument && encoders.test(last)) return read(file, argument, depth + 1);
    if (last === 'split' && callee.kind === 'member')
      return splitNames(values, file, callee.object, argument);
    if (callee.kind === 'member' && /^(?:shift|pop)$/.test(last)) return itemsOf(file, callee.object, depth);
    if (relays.test(last) || readsOutbox(linking.files.get(file), call)) return [{ kind: 'relayed' }];
    if (callee.kind === 'member' && iterations.test(last))
      return readMapped(file, callee.object, argument, depth);
    return callees.length > 0 ? [{ kind: 'unknown' }] : readForeign(file, call, depth);
  };

  /** What functions of the workspace make; of what they only hand on, their type may say more. */
  const madeBy = (
    callees: readonly FunctionNode[],
    file: FilePath,
    call: CallExpr,
    depth: number,
  ): readonly Message[] => {
    const made = callees.flatMap((it) => readMade(it, file, call, depth));
    const isHandedOn = made.every((it) => it.kind === 'relayed');
    const filled = isHandedOn ? messagesFilledIn(linking, file, call, callees) : [];
    return filled.length > 0 ? filled : made;
  };

  const resultsOf = ({ file, fact }: FunctionNode, depth: number): readonly Message[] =>
    [...eachAction(fact.body)].flatMap((it) =>
      it.kind === 'return' && it.value ? read(file, it.value, depth + 2) : [],
    );

  /** `events.map(toMessage)`: what the callback makes of the items, or else the items. */
  const readMapped = (
    file: FilePath,
    items: Expr,
    callback: Expr | undefined,
    depth: number,
  ): readonly Message[] => {
    const mappers = callback ? calls.functionsOf(file, callback) : [];
    const made = mappers.flatMap((it) => resultsOf(it, depth)).filter(isTold);
    return made.length > 0 ? made : read(file, items, depth + 1);
  };

  /** `jsonEvent(event)`, `handle(command)`: a function from elsewhere gives its argument in another form, or is handed in. */
  const readForeign = (file: FilePath, { callee, args }: CallExpr, depth: number): readonly Message[] => {
    const handed = read(file, callee, depth + 1).filter((it) => it.kind === 'parameter');
    if (handed.length > 0) return handed.map((it) => ({ ...it, path: [...it.path, called] }));
    const passed = args.slice(0, 1).flatMap((it) => read(file, it, depth + 1));
    return [
      ...passed.filter((it) => it.kind === 'type' || it.kind === 'parameter' || it.kind === 'relayed'),
      { kind: 'unknown' },
    ];
  };

  /** What a factory function gives, with the caller's arguments for its parameters. */
  const readMade = (
    callee: FunctionNode,
    file: FilePath,
    call: CallExpr,
    depth: number,
  ): readonly Message[] => {
    const made: Message[] = [];
    for (const action of eachAction(callee.fact.body)) {
      if (action.kind !== 'return' || !action.value) continue;
      for (const message of read(callee.file, action.value, depth + 2)) {
        // What an object keeps, somebody put there.
        if (message.kind === 'member') made.push({ kind: 'relayed' });
        else if (message.kind !== 'parameter') made.push(message);
        else made.push(...handedIn(message, callee.fact, file, call, depth));
      }
    }
    return made.filter((it) => it.kind !== 'unknown' && it.kind !== 'object');
  };

  const handedIn = (
    message: Message & { kind: 'parameter' },
    callee: FunctionFact,
    file: FilePath,
    call: CallExpr,
    depth: number,
  ): readonly Message[] => {
    const arg = message.fn === callee && !message.path.includes(called) && call.args[message.index];
    const part = arg ? partOf(arg, message.path) : undefined;
    if (!arg || part === 'kept') return arg ? [{ kind: 'relayed' }] : [];
    const given = read(file, part ?? arg, depth + 2);
    return given.map((it) => tagging(it, message.tags));
  };

  const readNamed = (file: FilePath, expr: Expr, depth: number): readonly Message[] => {
    const texts = values.stringsOf(file, expr);
    if (texts.length > 0) return texts.map((name) => ({ kind: 'name', name }));
    const later = givenLater(values.factsOf(file), expr).flatMap((it) => read(file, it, depth + 1));
    if (later.some((it) => isTold(it) || it.kind === 'parameter'))
      return later.filter((it) => it.kind !== 'unknown');
    const instance = instanceNamed(expr);
    if (instance) return read(file, instance, depth + 1);
    const made = partsMade(linking, file, expr).flatMap(({ part, callee, caller, call }) =>
      read(callee.file, part, depth + 2).flatMap((it) =>
        it.kind === 'parameter' ? handedIn(it, callee.fact, caller, call, depth) : [it],
      ),
    );
    if (made.length > 0) return made;
    const value = values.evaluate(file, expr);
    if (value.kind === 'type' && value.node.fact.kind !== 'enum') return [{ kind: 'type', node: value.node }];
    const typed = messagesDeclared(linking, file, expr);
    if (typed.length > 0) return chosenByCallers(linking, file, expr, typed) ?? typed;
    if (value.kind === 'expr' && value.expr !== expr) return read(value.file, value.expr, depth + 1);
    const member = enumMember(linking, file, expr);
    if (member !== undefined) return [{ kind: 'name', name: member }];
    if (expr.kind === 'template') return readTemplate(file, expr, depth);
    const foreign = foreignName(linking, file, expr);
    if (foreign !== undefined) return [{ kind: 'name', name: foreign, isForeign: true }];
    const facts = values.factsOf(file);
    return facts ? handedFrom(facts, expr, depth) : [{ kind: 'unknown' }];
  };

  /** `${tenant}.order.placed`: what is known of it says which event it is; of `${eventName}_EVENTS` the callers know it. */
  const readTemplate = (file: FilePath, { parts }: TemplateExpr, depth: number): readonly Message[] => {
    const texts = parts.map((it) => (typeof it === 'string' ? it : (values.stringOf(file, it) ?? '{}')));
    const text = texts.join('');
    if (statesFact(text) || isLastResort(text)) return [{ kind: 'name', name: text }];
    if (isDetour(text)) return [{ kind: 'unknown' }];
    const open = parts.flatMap((it) => (typeof it !== 'string' && saysWhich(it) ? [it] : []));
    const said = open.map((it) => read(file, it, depth + 1).filter((part) => part.kind !== 'unknown'));
    return said.findLast((it) => it.some(isOfEvent)) ?? [{ kind: 'unknown' }];
  };

  const handedFrom = (facts: FileFacts, expr: Expr, depth: number): readonly Message[] => {
    if (expr.kind === 'member' && collected.test(expr.name)) return [{ kind: 'relayed' }];
    if (expr.kind === 'member' && expr.name === '[]') return itemsOf(facts.file, expr.object, depth);
    if (expr.kind === 'member' && expr.object.kind === 'this') {
      const owner = classAt(facts, expr.at.start);
      if (relays.test(expr.name)) return [{ kind: 'relayed' }];
      if (owner) return [{ kind: 'member', owner: { file: facts.file, fact: owner }, name: expr.name }];
    }
    if (expr.kind === 'member' && expr.object.kind === 'member') {
      const inMember = handedFrom(facts, expr.object, depth).flatMap((it) => inside(it, expr.name));
      if (inMember.length > 0) return inMember;
    }
    const root = rootOf(facts, expr);
    if (!root) return [{ kind: 'unknown' }];
    const parameter = parameterOf(facts, root);
    const over = parameter ? iterated(facts, parameter) : loopSource(facts, root);
    if (parameter && !over) return [{ kind: 'parameter', ...parameter, path: pathOf(facts, expr) }];
    if (over) return itemsOf(facts.file, over, depth);
    if (isText(linking, facts.file, expr)) return [{ kind: 'unknown' }];
    if (root.init && root.init.kind !== 'name') {
      const found = read(facts.file, root.init, depth + 1);
      return expr.kind === 'member' ? found.map(takenOut) : found;
    }
    return [{ kind: 'unknown' }];
  };

  const itemsOf = (file: FilePath, list: Expr, depth: number): readonly Message[] =>
    read(file, list, depth + 1).map(itemOf);

  return (file, expr) => {
    const found = read(file, expr, 0).filter((it) => !isProse(it));
    return found.length > 0 ? found : [{ kind: 'unknown' }];
  };
}
