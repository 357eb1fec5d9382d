// The fields of a failure event written as a type: literal, intersection, generic envelope, payload type.
import { ts } from 'ts-morph';
import type { Draft } from './failureDraft.ts';
import { rebuildList } from './failureLists.ts';

/** Gives a type the reason, in its literal part if it has one. */
export function draftType(draft: Draft, type: ts.TypeNode): void {
  if (ts.isParenthesizedTypeNode(type)) draftType(draft, type.type);
  else if (ts.isTypeLiteralNode(type)) draftFields(draft, type.members, false);
  else if (ts.isIntersectionTypeNode(type)) draftIntersection(draft, type);
  else if (!ts.isTypeReferenceNode(type) || !draftArguments(draft, type.typeArguments))
    addReasonTo(draft, type);
}

function draftIntersection(draft: Draft, type: ts.IntersectionTypeNode): void {
  const [first, ...others] = type.types.filter((it) => ts.isTypeLiteralNode(it));
  if (!first) {
    const isCarried = type.types.some(
      (it) => ts.isTypeReferenceNode(it) && draftArguments(draft, it.typeArguments),
    );
    if (!isCarried) addReasonTo(draft, type);
    return;
  }
  draftFields(draft, first.members, false);
  for (const it of others) draftFields(draft, it.members, true);
}

function addReasonTo({ edits }: Draft, type: ts.TypeNode): void {
  edits.push({ at: { start: type.end, end: type.end }, text: ' & { reason: string }' });
}

/** `DomainEvent<'PaymentProcessed', PaymentData>`: the last argument that is a type of its own carries the data. */
export function draftArguments(draft: Draft, args: ts.NodeArray<ts.TypeNode> | undefined): boolean {
  const carrier = args?.findLast((it) => {
    if (ts.isTypeLiteralNode(it) || ts.isIntersectionTypeNode(it)) return true;
    return ts.isTypeReferenceNode(it) && ts.isIdentifier(it.typeName);
  });
  return carrier !== undefined && draftPayload(draft, carrier);
}

const carriers = /^(?:data|payload|detail|details|body|content|props)$/i;

export function isCarrier(member: ts.Node): member is ts.PropertySignature {
  return ts.isPropertySignature(member) && member.type !== undefined && carriers.test(member.name.getText());
}

/** Whether a member or parameter of this name carries the data of the event. */
export function isCarrierName(name: string): boolean {
  return carriers.test(name);
}

/** Gives the type of a payload the reason; `false` for one that cannot hold it (`unknown`, an array). */
export function draftPayload(draft: Draft, type: ts.TypeNode): boolean {
  if (ts.isTypeReferenceNode(type) && ts.isIdentifier(type.typeName)) {
    const companion = companionOf(draft, type);
    if (companion) draft.companions.add(companion);
    else addReasonTo(draft, type);
    return true;
  }
  if (!ts.isTypeLiteralNode(type) && !ts.isIntersectionTypeNode(type)) return false;
  draftType(draft, type);
  return true;
}

/** The payload type of the success's own that a type names: declared in the same file, and named after it. */
export function companionOf(
  { source, rename }: Draft,
  type: ts.TypeNode,
): ts.InterfaceDeclaration | ts.TypeAliasDeclaration | undefined {
  const name = type.getText(source);
  if (rename(name) === name) return undefined;
  return source.statements.find(
    (it): it is ts.InterfaceDeclaration | ts.TypeAliasDeclaration =>
      (ts.isInterfaceDeclaration(it) || ts.isTypeAliasDeclaration(it)) && it.name.text === name,
  );
}

/** Keeps ids and metadata, and adds the reason unless something else holds it. */
export function draftFields(draft: Draft, members: ts.NodeArray<ts.TypeElement>, isCarried: boolean): void {
  const carrier = members.find((it) => isCarrier(it));
  if (carrier?.type && draftPayload(draft, carrier.type)) return;
  const { source } = draft;
  const kept = members.filter((it) => it.name && draft.keeps(it.name.getText(source)));
  const isReadonly = members.some((it) => ts.isPropertySignature(it) && it.modifiers?.length);
  const reason = `${isReadonly ? 'readonly ' : ''}reason: string`;
  rebuildList(draft, members, { kept, added: isCarried ? [] : [reason], separator: ';' });
}
