// Collections in memory from which a saga learns what to take back, and stores of sagas that are no more than such a collection.
import type { CallAction } from '../../facts/actions.ts';
import type { FileFacts, FunctionFact } from '../../facts/facts.ts';
import { sagaName, undoingCall } from '../../facts/sagaWords.ts';
import { callsIn } from '../../facts/walk.ts';
import type { FilePath, Span } from '../../text.ts';
import { pathOf } from '../effects/effects.ts';
import { saidOfFiles } from '../incremental/about.ts';
import { perModel } from '../incremental/perModel.ts';
import type { EventModel, FunctionNode } from '../model.ts';
import { forgetfulManagers } from './forgetfulManagers.ts';
import { collectionsIn, usesIn, withCallees, type Collection } from './memoryCollections.ts';
import { claimsToKeep, leavesProcess, orchestratorsOf } from './orchestrators.ts';

export interface ForgetfulStore {
  readonly file: FilePath;
  readonly at: Span;
  /** The collection. */
  readonly name: string;
}

/** All of them that nothing else is said of. */
export const forgetfulStores = perModel((model: EventModel): readonly ForgetfulStore[] => {
  const told = new Set(forgetfulManagers(model).map(({ file, at }) => `${file} ${at.start}`));
  const run = new Set(orchestratorsOf(model).flatMap((it) => it.functions.map(({ owner }) => owner)));
  const found = saidOfFiles(model, 'stores of sagas that forget', (facts) => storesIn(model, facts));
  return found.filter(
    ({ file, at, owners }) => !told.has(`${file} ${at.start}`) && !owners.some((it) => run.has(it)),
  );
});

interface Found extends ForgetfulStore {
  /** The classes whose progress it holds. */
  readonly owners: readonly string[];
}

function storesIn(model: EventModel, facts: FileFacts): readonly Found[] {
  return collectionsIn(facts).flatMap(({ name, at, owner }): readonly Found[] => {
    if (owner === undefined || !/saga/i.test(owner)) return [];
    const methods = facts.functions.filter((it) => it.owner === owner);
    const put = methods.filter((it) => uses(facts, [it], name).has('put'));
    const place = { file: facts.file, at, name };
    if (put.length === 0) return [];
    if (isStore(model, facts, { owner, methods, name })) {
      const owners = put.flatMap((fact) => ownersOfCallers(model, { file: facts.file, fact }));
      return owners.length > 0 ? [{ ...place, owners }] : [];
    }
    const undoing = methods.filter((it) => undoingCall.test(it.name));
    const isAsked = undoing.some((it) => uses(facts, withCallees(facts, it), name).has('ask'));
    return isAsked && !methods.some((it) => keepsSaga(facts, it)) ? [{ ...place, owners: [owner] }] : [];
  });
}

function uses(facts: FileFacts, functions: readonly FunctionFact[], name: string): ReturnType<typeof usesIn> {
  return usesIn(facts, functions, { name, isField: true });
}

interface Holder {
  readonly owner: string;
  readonly methods: readonly FunctionFact[];
  readonly name: Collection['name'];
}

/** `SagaRepository`, whose sagas are in a map and nowhere else: no other class can stand in for it. */
function isStore(model: EventModel, facts: FileFacts, { owner, methods, name }: Holder): boolean {
  if (!/repo|store|storage|dao/i.test(owner)) return false;
  const type = facts.types.find((it) => it.name === owner);
  const { program } = model;
  const lineage = type ? program.lineageOf({ file: facts.file, fact: type }) : [];
  const others = lineage.flatMap((it) => program.subtypesOf(it)).filter((it) => it.fact.kind === 'class');
  if (others.some((it) => it.fact.name !== owner)) return false;
  const isAsked = uses(facts, methods, name).has('ask');
  const isKept = methods.some((fact) =>
    model.bodyOf({ file: facts.file, fact }).effects.some(({ role }) => leavesProcess(role)),
  );
  return isAsked && !isKept;
}

/** The sagas that keep what they do there. */
function ownersOfCallers(model: EventModel, fn: FunctionNode): readonly string[] {
  return model.program.callersOf(fn).flatMap(({ caller: { fact } }) => {
    const { owner } = fact;
    return owner !== undefined && owner !== fn.fact.owner && sagaName.test(owner) ? [owner] : [];
  });
}

/** `await this.sagaRepository.save(state)`: a saga, or how far it is, goes somewhere else too. */
export function keepsSaga(facts: FileFacts, fn: FunctionFact): boolean {
  return [...callsIn(fn.body)].some(
    (it) => (claimsToKeep(it, facts) || isWritten(it)) && speaksOfProgress(it),
  );
}

function isWritten({ roles }: CallAction): boolean {
  return roles.some((it) => it.kind === 'write');
}

function speaksOfProgress({ call }: CallAction): boolean {
  return /saga|state|progress|steps?\b|journal/i.test(`${pathOf(call.callee)} ${JSON.stringify(call.args)}`);
}
