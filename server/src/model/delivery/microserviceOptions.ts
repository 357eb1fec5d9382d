// The options of a NestJS microservice on RabbitMQ where they do not stand at the call that starts it: a constant of another file,
// or what a function of the workspace gives (`rmq.getOptions('orders')`).
import type { Expr, ObjectExpr } from '../../facts/expressions.ts';
import { isAbsent, isUnread, policyIn } from '../../facts/queuePolicy.ts';
import type { QueueRole } from '../../facts/roles.ts';
import { actionsIn } from '../../facts/walk.ts';
import type { FilePath } from '../../text.ts';
import type { EventModel, GivenObject } from '../model.ts';
import { entryOf } from '../resolution/values.ts';

/** The options of a microservice, or what its `useFactory` returns; undefined where they can't be read. */
export function optionsGiven(
  { files, program }: EventModel,
  file: FilePath,
  handed: Expr,
): GivenObject | undefined {
  const given = program.objectOf(file, handed);
  const factory = given && entryOf(given.object, 'useFactory');
  if (!factory) return given;
  const fact = factory.kind === 'function' ? files.get(given.file)?.functions[factory.function] : undefined;
  const returned = actionsIn(fact?.body ?? []).flatMap((it) =>
    it.kind === 'return' && it.value ? [it.value] : [],
  );
  const [only, ...others] = returned;
  return only && others.length === 0 ? program.objectOf(given.file, only) : undefined;
}

/** A role whose options stand elsewhere, as those options say it; undefined where they can't be read or need no queue. */
export function givenQueue(
  model: EventModel,
  file: FilePath,
  role: QueueRole,
): { readonly role: QueueRole; readonly given: GivenObject } | undefined {
  const given = role.from && model.program.objectOf(file, role.from);
  const options = given && entryOf(given.object, 'options');
  if (!given || options?.kind !== 'object' || !isOfRabbit(given.object)) return undefined;
  const queue = entryOf(options, 'queue');
  if (!queue || isUnread(options) || !waitsForAck(model, given, entryOf(options, 'noAck'))) return undefined;
  const declared = entryOf(options, 'queueOptions');
  if (declared?.kind === 'object' && isPassing(declared)) return undefined;
  const policy = declared
    ? policyIn(declared, declared.kind === 'object' ? entryOf(declared, 'arguments') : undefined)
    : ({ deadLetter: 'none', limit: 'none' } as const);
  return { role: { kind: 'queue', library: role.library, queue, ...policy }, given };
}

function isOfRabbit(object: ObjectExpr): boolean {
  const transport = entryOf(object, 'transport');
  return transport?.kind === 'member' && transport.name === 'RMQ';
}

/** `noAck: false`, or a parameter that is false unless somebody says otherwise. */
function waitsForAck({ files }: EventModel, { file }: GivenObject, noAck: Expr | undefined): boolean {
  if (noAck?.kind === 'literal') return noAck.text === 'false';
  const binding =
    noAck?.kind === 'name' && noAck.binding !== undefined
      ? files.get(file)?.bindings[noAck.binding]
      : undefined;
  return binding?.kind === 'parameter' && binding.init?.kind === 'literal' && binding.init.text === 'false';
}

function isPassing(options: ObjectExpr): boolean {
  return ['exclusive', 'autoDelete'].some((key) => {
    const value = entryOf(options, key);
    return value !== undefined && !isAbsent(value) && value.kind === 'literal' && value.text === 'true';
  });
}
