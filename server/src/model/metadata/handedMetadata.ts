// What the callers of a publishing function hand in: `publishOrderPlaced(order: any)` only passes it on.
import type { Expr } from '../../facts/expressions.ts';
import type { FilePath, Place } from '../../text.ts';
import type { EventModel, Fields } from '../model.ts';
import { parameterOf, partOf, pathOf } from '../resolution/origins.ts';
import { rootOf } from '../resolution/values.ts';
import { isLoose } from './looseMetadata.ts';
import type { Metadata } from './metadataKinds.ts';

/** What is known of a value that a parameter holds. */
export interface Handed {
  /** The fields of an object type that is written out beside the parameter. */
  readonly fields?: Fields;
  /** What each caller hands in for a parameter that is declared to be anything; undefined where that can't be told. */
  readonly args: readonly ({ readonly file: FilePath; readonly expr: Expr } | undefined)[];
}

/** Where the value of a parameter comes from; undefined for what is no parameter, or has a type with a name. */
export function handedTo({ files, program }: EventModel, file: FilePath, expr: Expr): Handed | undefined {
  const facts = files.get(file);
  const root = facts && rootOf(facts, expr);
  const parameter = root && parameterOf(facts, root);
  if (!facts || !parameter) return undefined;
  const { fn, index } = parameter;
  const type = facts.bindings[fn.parameters[index] ?? -1]?.type;
  const path = pathOf(facts, expr);
  if (type?.kind === 'object')
    return path.length === 0 ? { fields: program.fieldsOf(file, type), args: [] } : undefined;
  if (type && !isLoose(type)) return undefined;
  const args = program.callersOf({ file, fact: fn }).map(({ caller, action }) => {
    const arg = action.call.args[index];
    const part = arg && partOf(arg, path);
    return part && part !== 'kept' ? { file: caller.file, expr: part } : undefined;
  });
  return { args };
}

/** Whether a published literal is handed to a function of the workspace whose parameter says which fields it may have. */
export function isTakenAsTyped(model: EventModel, { file, at }: Place, object: Expr): boolean {
  return model.producersAt({ file, at }).some(({ fn, action }) => {
    const index = action.call.args.findIndex((it) => it.at.start === object.at.start);
    return model.program.calleesOf(file, fn, action.call).some((callee) => {
      const type = model.files.get(callee.file)?.bindings[callee.fact.parameters[index] ?? -1]?.type;
      return type?.kind === 'object' || (type?.kind === 'ref' && isDeclared(model, callee.file, type.name));
    });
  });
}

function isDeclared({ program }: EventModel, file: FilePath, name: string): boolean {
  return program.typeNamed(file, name) !== undefined;
}

/** What all of them carry; open where one of them is. */
export function carriedByAll(all: readonly Metadata[]): Metadata {
  const [first, ...others] = all;
  if (!first) return { present: new Set(), isOpen: true };
  const present = [...first.present].filter((kind) => others.every((it) => it.present.has(kind)));
  return { present: new Set(present), isOpen: all.some((it) => it.isOpen) };
}
