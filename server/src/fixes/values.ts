// What a metadata field holds where an event is made.
import { ts } from 'ts-morph';
import type { AddFieldsPlan } from './plan.ts';

export type Field = AddFieldsPlan['fields'][number];

const time =
  /^(?:occurred|created|emitted|published|raised|happened|produced|sent)_?(?:at|on)$|^(?:event_?)?time(?:stamp)?$/i;
const flow = /^(?:correlation|trace|request|flow|conversation|saga|process|transaction)_?id$/i;
const version = /version$/i;
const own = /^(?:event_?|message_?)?(?:id|uuid)$/i;

/** The field of that name and type, where a value for it can be made up anywhere. */
export function madeUp(name: string, type: string): Field | undefined {
  if (![own, time, flow, version].some((it) => it.test(name))) return undefined;
  if (type === 'string') return { name, type };
  if (type === 'number' && !own.test(name) && !flow.test(name)) return { name, type };
  return type === 'Date' && time.test(name) ? { name, type } : undefined;
}

/** The expression for a field; `uuid` is what the file calls `randomUUID`. */
export function valueOf({ name, type }: Field, uuid: string): string {
  if (type === 'Date') return 'new Date()';
  if (time.test(name)) return type === 'number' ? 'Date.now()' : 'new Date().toISOString()';
  if (type === 'number') return '1';
  return version.test(name) ? `'1'` : `${uuid}()`;
}

/** The entry of an object literal: a correlation id that is at hand is handed on, else a flow starts here. */
export function entryFor(field: Field, place: ts.Node, uuid: string): string {
  if (flow.test(field.name) && isAtHand(field.name, place)) return field.name;
  return `${field.name}: ${valueOf(field, uuid)}`;
}

/** Whether the entry for a field calls `randomUUID`. */
export function needsUuid(field: Field, place: ts.Node): boolean {
  return entryFor(field, place, 'randomUUID').endsWith('randomUUID()');
}

/** Whether a parameter, or a variable declared further up in a block around the place, has the name. */
function isAtHand(name: string, place: ts.Node): boolean {
  for (let node = place; !ts.isSourceFile(node); node = node.parent) {
    const { parent } = node;
    if (ts.isFunctionLike(parent) && parent.parameters.some((it) => isSure(it) && binds(it.name, name)))
      return true;
    if (!ts.isBlock(parent) && !ts.isSourceFile(parent)) continue;
    const above = parent.statements.filter((it) => it.end <= node.pos && ts.isVariableStatement(it));
    const declared = above.flatMap((it) =>
      ts.isVariableStatement(it) ? [...it.declarationList.declarations] : [],
    );
    if (declared.some((it) => binds(it.name, name))) return true;
  }
  return false;
}

function binds(bound: ts.BindingName, name: string): boolean {
  if (ts.isIdentifier(bound)) return bound.text === name;
  return bound.elements.some((it) => ts.isBindingElement(it) && binds(it.name, name));
}

/** An optional parameter may hold nothing, and of a type of its own nobody knows here. */
function isSure({ questionToken, type, name }: ts.ParameterDeclaration): boolean {
  if (!ts.isIdentifier(name)) return true;
  return questionToken === undefined && type?.kind === ts.SyntaxKind.StringKeyword;
}
