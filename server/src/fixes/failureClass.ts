// A failure event's class, made from its sibling: parameter properties, fields with a constructor, or fields alone.
import { ts } from 'ts-morph';
import type { Draft } from './failureDraft.ts';
import { rebuildList } from './failureLists.ts';
import { companionOf, draftArguments, draftPayload, isCarrierName } from './failureTypes.ts';

/** Keeps ids and metadata of the class, and gives it a reason in its own way. */
export function draftClass(draft: Draft, node: ts.ClassDeclaration): void {
  const constructor = node.members.find((it) => ts.isConstructorDeclaration(it) && it.body !== undefined);
  const used = usedIn(node);
  const narrowed = isWhole(draft, constructor) ? { ...draft, keeps: () => true } : withUsed(draft, used);
  for (const it of node.members) if (isFactory(it)) remove(draft, it);
  if (constructor && ts.isConstructorDeclaration(constructor)) draftConstructor(narrowed, node, constructor);
  else draftFieldsOnly(narrowed, node);
}

/** `constructor(props: Props) { this.orderId = props.orderId; }`: the parameter that holds all fields. */
function holderOf(constructor: ts.ConstructorDeclaration): ts.ParameterDeclaration | undefined {
  const from = assignments(constructor).flatMap(({ value }) =>
    ts.isPropertyAccessExpression(value) && ts.isIdentifier(value.expression) ? [value.expression.text] : [],
  );
  return constructor.parameters.find((it) => ts.isIdentifier(it.name) && from.includes(it.name.text));
}

/** Where the type of such a parameter is declared elsewhere, no field can be left out. */
function isWhole(draft: Draft, constructor: ts.ClassElement | undefined): boolean {
  if (!constructor || !ts.isConstructorDeclaration(constructor)) return false;
  const type = holderOf(constructor)?.type;
  return type !== undefined && companionOf(draft, type) === undefined;
}

function withUsed(draft: Draft, used: ReadonlySet<string>): Draft {
  return { ...draft, keeps: (name) => draft.keeps(name) || used.has(name) };
}

/** What the parts that stay need: methods, initialisers, the call of the base's constructor. */
function usedIn(node: ts.ClassDeclaration): ReadonlySet<string> {
  const used = new Set<string>();
  const note = (it: ts.Node): void => {
    if (ts.isIdentifier(it)) used.add(it.text);
    ts.forEachChild(it, note);
  };
  for (const member of node.members) {
    if (isFactory(member)) continue;
    if (ts.isPropertyDeclaration(member) && member.initializer) note(member.initializer);
    else if ((ts.isMethodDeclaration(member) || ts.isAccessor(member)) && member.body) note(member.body);
    else if (ts.isConstructorDeclaration(member)) {
      const own = new Set(assignments(member).map((it) => it.statement));
      for (const it of member.body?.statements ?? []) if (!own.has(it)) note(it);
    }
  }
  return used;
}

function isFactory(member: ts.ClassElement): boolean {
  return ts.isMethodDeclaration(member) && isStatic(member);
}

function isStatic(member: ts.ClassElement): boolean {
  return (
    ts.canHaveModifiers(member) &&
    (ts.getModifiers(member)?.some((it) => it.kind === ts.SyntaxKind.StaticKeyword) ?? false)
  );
}

interface Assignment {
  readonly statement: ts.Statement;
  readonly field: string;
  readonly value: ts.Expression;
}

/** `this.orderId = …;` in a constructor. */
function assignments({ body }: ts.ConstructorDeclaration): readonly Assignment[] {
  return (body?.statements ?? []).flatMap((statement) => {
    if (!ts.isExpressionStatement(statement) || !ts.isBinaryExpression(statement.expression)) return [];
    const { left, right: value, operatorToken } = statement.expression;
    const isSet = operatorToken.kind === ts.SyntaxKind.EqualsToken && ts.isPropertyAccessExpression(left);
    if (!isSet || left.expression.kind !== ts.SyntaxKind.ThisKeyword) return [];
    return [{ statement, field: left.name.text, value }];
  });
}

function draftConstructor(
  draft: Draft,
  node: ts.ClassDeclaration,
  constructor: ts.ConstructorDeclaration,
): void {
  const { parameters } = constructor;
  const carrier = parameters.find(
    (it) => it.type !== undefined && isCarrierName(it.name.getText(draft.source)),
  );
  if (
    carrier?.type &&
    ts.isParameterPropertyDeclaration(carrier, constructor) &&
    draftPayload(draft, carrier.type)
  ) {
    carryInBases(draft, node, carrier.type);
    return;
  }
  const isByProperties = parameters.some((it) => ts.isParameterPropertyDeclaration(it, constructor));
  const holder = holderOf(constructor);
  if (!isByProperties) draftAssigned(draft, node, constructor);
  if (!holder) draftParameters(draft, constructor, isByProperties);
  else if (holder.type && !isOfItself(draft, node, holder.type)) draftPayload(draft, holder.type);
}

/** `constructor(props: DomainEventProps<PaymentProcessed>)` follows the class. */
function isOfItself({ source }: Draft, node: ts.ClassDeclaration, type: ts.TypeNode): boolean {
  return node.name !== undefined && type.getText(source).includes(`<${node.name.text}>`);
}

/** `implements DomainEvent<Payload>`: the base's argument is the payload's type, whatever that becomes. */
function carryInBases(draft: Draft, node: ts.ClassDeclaration, type: ts.TypeNode): void {
  const { source, edits } = draft;
  const name = type.getText(source);
  if (!edits.some((it) => it.at.start === type.end)) return;
  for (const base of node.heritageClauses?.flatMap((it) => [...it.types]) ?? []) {
    for (const it of base.typeArguments ?? [])
      if (it.getText(source) === name)
        edits.push({ at: { start: it.end, end: it.end }, text: ' & { reason: string }' });
  }
}

function draftParameters(
  draft: Draft,
  constructor: ts.ConstructorDeclaration,
  isByProperties: boolean,
): void {
  const { source } = draft;
  const kept = constructor.parameters.filter((it) => draft.keeps(it.name.getText(source)));
  const sample = constructor.parameters.find((it) => (ts.getModifiers(it)?.length ?? 0) > 0);
  const words =
    sample && isByProperties ? (ts.getModifiers(sample) ?? []).map((it) => `${it.getText(source)} `) : [];
  const optional = kept.findIndex((it) => it.questionToken !== undefined || it.initializer !== undefined);
  const at = optional < 0 ? kept.length : optional;
  const added = [`${words.join('')}reason: string`];
  rebuildList(draft, constructor.parameters, { kept, added, at, separator: ',' });
}

/** Fields that the constructor sets one by one. */
function draftAssigned(
  draft: Draft,
  node: ts.ClassDeclaration,
  constructor: ts.ConstructorDeclaration,
): void {
  dropFields(draft, node);
  const all = assignments(constructor);
  for (const { statement, field } of all) if (!draft.keeps(field)) remove(draft, statement);
  const last = all.at(-1);
  addField(draft, node, last ? '' : '?');
  if (!last) return;
  const from = ts.isPropertyAccessExpression(last.value)
    ? `${last.value.expression.getText(draft.source)}.reason`
    : 'reason';
  const text = `${leadOf(draft, last.statement)}this.reason = ${from};`;
  draft.edits.push({ at: { start: last.statement.end, end: last.statement.end }, text });
}

function draftFieldsOnly(draft: Draft, node: ts.ClassDeclaration): void {
  const isCarried = (node.heritageClauses ?? []).some(({ token, types }) => {
    return (
      token === ts.SyntaxKind.ExtendsKeyword && types.some((it) => draftArguments(draft, it.typeArguments))
    );
  });
  if (isCarried) return;
  dropFields(draft, node);
  const sample = fieldsOf(node).find((it) => !it.initializer);
  addField(draft, node, sample?.exclamationToken ? '!' : sample && !sample.questionToken ? '' : '?');
}

function fieldsOf(node: ts.ClassDeclaration): readonly ts.PropertyDeclaration[] {
  return node.members.filter(
    (it): it is ts.PropertyDeclaration => ts.isPropertyDeclaration(it) && !isStatic(it),
  );
}

function dropFields(draft: Draft, node: ts.ClassDeclaration): void {
  for (const it of fieldsOf(node)) {
    if (!it.initializer && !draft.keeps(it.name.getText(draft.source))) remove(draft, it);
  }
}

function addField(draft: Draft, node: ts.ClassDeclaration, mark: '' | '?' | '!'): void {
  const { source, edits } = draft;
  const fields = fieldsOf(node);
  const last = fields.at(-1);
  const sample = fields.find((it) => !it.initializer) ?? last;
  const words = sample
    ? (ts.getModifiers(sample) ?? []).map((it) => `${it.getText(source)} `).join('')
    : 'readonly ';
  const text = `${words}reason${mark}: string;`;
  if (last) edits.push({ at: { start: last.end, end: last.end }, text: `${leadOf(draft, last)}${text}` });
  else edits.push({ at: { start: node.members.pos, end: node.members.pos }, text: `\n  ${text}\n` });
}

function remove({ edits }: Draft, node: ts.Node): void {
  edits.push({ at: { start: node.pos, end: node.end }, text: '' });
}

/** The line end and indentation before a node. */
function leadOf({ source }: Draft, node: ts.Node): string {
  return /\r?\n[ \t]*$/.exec(source.text.slice(0, node.getStart(source)))?.[0] ?? ' ';
}
