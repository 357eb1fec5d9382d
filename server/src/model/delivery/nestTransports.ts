// Over what NestJS microservices listen: Kafka and RabbitMQ deliver at least once; TCP, gRPC, Redis pub/sub, core NATS and MQTT
// without a quality of service at most once. A request is delivered again by Kafka, and by RabbitMQ where the handler acknowledges;
// by default NestJS lets RabbitMQ forget it on delivery.
import type { CallExpr, Expr, ObjectEntry, ObjectExpr } from '../../facts/expressions.ts';
import type { FileFacts } from '../../facts/facts.ts';
import type { Transport } from '../../facts/roles.ts';
import type { FilePath } from '../../text.ts';
import type { ConsumerDraft } from '../consumers/consumerDraft.ts';
import { eachAction, indexOf } from '../fileIndex.ts';
import { saidOfFiles } from '../incremental/about.ts';
import type { FunctionNode } from '../model.ts';
import type { Linking } from '../program.ts';

const acknowledged = 'RMQ that waits for an ack';
const assured = 'MQTT of a quality of service';
const brokers = new Set(['KAFKA', 'RMQ', acknowledged, assured]);
const repeatingRequests = new Set(['KAFKA', acknowledged]);
const listening = ['createMicroservice', 'connectMicroservice'];
const maxDepth = 5;

/**
 * The transport of a service's handlers of events, or of its handlers of requests; `unknown` where nothing says it. Where it
 * listens in several ways an event may come over the broker, and a request comes the direct way.
 */
export function nestTransports(
  linking: Linking,
  serviceOf: (file: FilePath) => string,
): (file: FilePath, kind: 'event' | 'request') => Transport {
  let byService: Map<string, Set<string>> | undefined;
  return (file, kind) => {
    byService ??= collect(linking, serviceOf);
    const own = [...(byService.get(serviceOf(file)) ?? byService.get('') ?? [])];
    if (own.length === 0) return 'unknown';
    const isRepeated =
      kind === 'event' ? own.some((it) => brokers.has(it)) : own.every((it) => repeatingRequests.has(it));
    return isRepeated ? 'broker' : 'in-process';
  };
}

/** Whether a handler's events come over RabbitMQ alone, which forgets each as it sends it: `noAck`, NestJS' default. */
export function forgottenBy(
  linking: Linking,
  serviceOf: (file: FilePath) => string,
): (consumer: Pick<ConsumerDraft, 'file' | 'fact'>) => boolean {
  let byService: Map<string, Set<string>> | undefined;
  return ({ file, fact }) => {
    if (fact.library !== '@nestjs/microservices') return false;
    byService ??= collect(linking, serviceOf);
    const over = [...(byService.get(serviceOf(file)) ?? [])].filter((it) => brokers.has(it));
    return over.length > 0 && over.every((it) => it === 'RMQ');
  };
}

/** By service what it listens on; under the empty name what any client speaks. */
function collect(linking: Linking, serviceOf: (file: FilePath) => string): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>([['', new Set()]]);
  const add = (service: string, names: Iterable<string>): void => {
    const own = found.get(service) ?? new Set();
    found.set(service, own);
    for (const name of names) own.add(name);
  };
  for (const { file, names } of saidOfFiles(linking, 'listens on', (it) => listeningIn(it, linking)))
    add(file === undefined ? '' : serviceOf(file), names);
  return found;
}

interface Listening {
  /** None where any client of the service may be meant. */
  readonly file?: FilePath;
  readonly names: readonly string[];
}

function* listeningIn(facts: FileFacts, linking: Linking): Iterable<Listening> {
  const { file } = facts;
  if (!facts.imports.some((it) => it.from.startsWith('@nestjs/'))) return;
  const namesIn = (expr: Expr): readonly string[] => [...transportsIn(file, expr, linking, 0)];
  for (const name of listening) {
    for (const { action } of indexOf(facts).calls.get(name) ?? [])
      for (const arg of action.call.args) yield { file, names: namesIn(arg) };
  }
  for (const expr of configured(facts)) yield { names: namesIn(expr) };
}

function* configured(facts: FileFacts): Iterable<Expr> {
  if (!facts.imports.some((it) => it.name === 'Transport' || it.name === 'ClientsModule')) return;
  for (const type of facts.types) for (const it of type.decorators) yield* it.args;
  for (const binding of facts.bindings) if (binding.isTopLevel && binding.init) yield binding.init;
  yield* registeredIn(facts);
}

/** `static forClient(id) { return { imports: [ClientsModule.register([{ transport: Transport.KAFKA }])] }; }` */
function* registeredIn(facts: FileFacts): Iterable<Expr> {
  for (const name of ['register', 'registerAsync']) {
    for (const { action } of indexOf(facts).calls.get(name) ?? []) {
      const { callee, args } = action.call;
      const isOfClients =
        callee.kind === 'member' && callee.object.kind === 'name' && callee.object.name === 'ClientsModule';
      if (isOfClients) yield* args;
    }
  }
}

function transportsIn(
  file: FilePath,
  expr: Expr,
  linking: Linking,
  depth: number,
  entered: readonly FunctionNode['fact'][] = [],
): readonly string[] {
  if (depth > maxDepth) return [];
  const deeper = (it: Expr): readonly string[] => transportsIn(file, it, linking, depth + 1, entered);
  if (expr.kind === 'member' && expr.object.kind === 'name' && expr.object.name === 'Transport')
    return [expr.name];
  if (expr.kind === 'object') {
    const found = [...expr.entries.map((it) => it.value), ...expr.spreads].flatMap(deeper);
    return found.map((it) => {
      if (it === 'RMQ' && waitsForAck(expr)) return acknowledged;
      return it === 'MQTT' && asksForQuality(expr) ? assured : it;
    });
  }
  if (expr.kind === 'array') return expr.items.flatMap(deeper);
  if (expr.kind === 'call')
    return [...expr.args.flatMap(deeper), ...madeBy(file, expr, linking, depth, entered)];
  // `useFactory: (config) => ({ transport: Transport.RMQ, … })`.
  if (expr.kind === 'function') {
    const fact = linking.values.factsOf(file)?.functions[expr.function];
    return fact ? returnedBy({ file, fact }).flatMap(deeper) : [];
  }
  if (expr.kind !== 'name') return [];
  const value = linking.values.evaluate(file, expr);
  return value.kind === 'expr' && value.expr !== expr
    ? transportsIn(value.file, value.expr, linking, depth + 1, entered)
    : [];
}

/** `createMicroservice(AppModule, kafkaOptions('orders'))`: what the function gives; one that gives what it gives itself ends nowhere. */
function madeBy(
  file: FilePath,
  call: CallExpr,
  linking: Linking,
  depth: number,
  entered: readonly FunctionNode['fact'][],
): readonly string[] {
  const makers = linking.calls.callees(file, call).filter((it) => !entered.includes(it.fact));
  return makers.flatMap((maker) => {
    const around = [...entered, maker.fact];
    return returnedBy(maker).flatMap((it) => transportsIn(maker.file, it, linking, depth + 1, around));
  });
}

function returnedBy({ fact }: FunctionNode): readonly Expr[] {
  return eachAction(fact.body).flatMap((it) => (it.kind === 'return' && it.value ? [it.value] : []));
}

/** `{ transport: Transport.RMQ, options: { noAck: false } }`; options that can't be read may say so too. */
function waitsForAck({ entries }: ObjectExpr): boolean {
  const options = entries.find((it) => it.key === 'options')?.value;
  if (options && options.kind !== 'object') return true;
  const noAck = options?.entries.find((it) => it.key === 'noAck')?.value;
  return noAck ? !isTrue(noAck) : (options?.spreads.length ?? 0) > 0;
}

/** `{ transport: Transport.MQTT, options: { subscribeOptions: { qos: 1 } } }`. */
function asksForQuality({ entries }: ObjectExpr): boolean {
  const within = (from: readonly ObjectEntry[], key: string): readonly ObjectEntry[] => {
    const value = from.find((it) => it.key === key)?.value;
    return value?.kind === 'object' ? value.entries : [];
  };
  const qos = within(within(entries, 'options'), 'subscribeOptions').find((it) => it.key === 'qos')?.value;
  return qos !== undefined && !(qos.kind === 'literal' && qos.text === '0');
}

function isTrue(expr: Expr): boolean {
  return expr.kind === 'literal' && expr.text === 'true';
}
