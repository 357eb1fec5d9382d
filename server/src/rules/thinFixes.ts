// The fields that consumers fetch from the producer, added to the event that they handle.
import type { TypeExpr } from '../facts/expressions.ts';
import type { AddFieldsPlan } from '../fixes/plan.ts';
import type { Answer } from '../model/calls/answers.ts';
import type { CallBack } from '../model/choreography/callsBack.ts';
import type { EventModel, EventNode, Fields, TypeNode } from '../model/model.ts';
import type { Fix } from './rule.ts';

/** At most one fix; none where the event has no declaration, or a field's type is not known. The fields are optional, since events without them are under way. */
export function thinFixes(
  model: EventModel,
  event: EventNode,
  asked: readonly { readonly back: CallBack; readonly answer: Answer }[],
): readonly Fix[] {
  const [declaration, ...others] = event.declarations;
  if (!declaration || others.length > 0 || !takesFields(model, declaration)) return [];
  if (asked.some(({ answer }) => answer.isPassedOn || answer.fields.length === 0)) return [];
  const own = model.program.fieldsOf(declaration.file, declaration).fields;
  const added = new Map<string, PlanField>();
  for (const { back, answer } of asked) {
    const given = shapeOf(model, back, answer);
    for (const name of answer.fields.filter((it) => !own.has(it))) {
      const type = plainType(given?.fields.get(name)?.member.type);
      if (!type) return [];
      added.set(name, { name, type, isOptional: true });
    }
  }
  const fields = [...added.values()];
  if (fields.length === 0) return [];
  const title = `Add ${fields.map((it) => it.name).join(', ')} to ${event.name}`;
  const target = { file: declaration.file, at: declaration.fact.at };
  return [{ title, plan: { kind: 'add-fields', target, fields } }];
}

type PlanField = AddFieldsPlan['fields'][number];

/** What the answer is declared to be. */
function shapeOf(
  { program }: EventModel,
  { file, fn, action }: CallBack,
  { type }: Answer,
): Fields | undefined {
  if (type) return program.fieldsOf(file, type);
  const [callee] = program.calleesOf(file, fn, action.call);
  const returns = callee?.fact.returns;
  if (!callee || !returns) return undefined;
  const inner = returns.kind === 'ref' && returns.name === 'Promise' ? returns.args[0] : returns;
  return inner && program.fieldsOf(callee.file, withoutNull(inner));
}

function withoutNull(type: TypeExpr): TypeExpr {
  const of = type.kind === 'union' ? type.of.filter((it) => it.kind !== 'primitive') : [];
  return of.length === 1 && of[0] ? of[0] : type;
}

function plainType(type: TypeExpr | undefined): PlanField['type'] | undefined {
  if (type?.kind === 'ref' && type.name === 'Date') return 'Date';
  if (type?.kind !== 'primitive') return undefined;
  return type.name === 'string' || type.name === 'number' ? type.name : undefined;
}

/** A class whose constructor fills its fields by hand has to be changed by hand. */
function takesFields({ program }: EventModel, node: TypeNode): boolean {
  if (node.fact.kind === 'enum') return false;
  if (node.fact.kind !== 'class') return true;
  const hasConstructor = program.methodOf(node, 'constructor') !== undefined;
  return !hasConstructor || node.fact.members.some((it) => it.isParameter);
}
