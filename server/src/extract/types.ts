// Types as plain data: interfaces, aliases, classes, enums and schemas, wherever in the file they are declared.
import { ts } from 'ts-morph';
import type { Member, TypeExpr } from '../facts/expressions.ts';
import type { TypeFact } from '../facts/facts.ts';
import { deepestType } from './budget.ts';
import { placeOf } from './draft.ts';
import { isExported } from './modules.ts';
import type { Reading } from './reading.ts';
import { readGiven, readMaking, readSchema } from './schemas.ts';

/** Reads a type as written. */
export function readType(node: ts.TypeNode, source: ts.SourceFile, depth = 0): TypeExpr {
  const at = placeOf(node, source);
  if (depth > deepestType) return { kind: 'other', text: '', at };
  const next = (it: ts.TypeNode): TypeExpr => readType(it, source, depth + 1);
  const inner = wrappedIn(node);
  if (inner) return next(inner);
  if (ts.isTypeReferenceNode(node)) {
    const name = node.typeName.getText(source);
    const args = (node.typeArguments ?? []).map(next);
    if ((name === 'Array' || name === 'ReadonlyArray') && args[0]) return { kind: 'array', of: args[0], at };
    return { kind: 'ref', name, args, at: placeOf(node.typeName, source) };
  }
  if (ts.isExpressionWithTypeArguments(node)) {
    const name = node.expression.getText(source);
    const args = (node.typeArguments ?? []).map(next);
    return { kind: 'ref', name, args, at: placeOf(node.expression, source) };
  }
  if (ts.isTypeLiteralNode(node))
    return { kind: 'object', members: membersOf(node.members, next, source), at };
  if (ts.isUnionTypeNode(node)) return { kind: 'union', of: node.types.map(next), at };
  if (ts.isIntersectionTypeNode(node)) return { kind: 'intersection', of: node.types.map(next), at };
  if (ts.isArrayTypeNode(node)) return { kind: 'array', of: next(node.elementType), at };
  if (ts.isTupleTypeNode(node)) return tuple(node, next, at);
  if (ts.isTypeQueryNode(node)) return { kind: 'typeof', name: node.exprName.getText(source), at };
  if (ts.isFunctionTypeNode(node))
    return { kind: 'function', ...takenBy(node, source), returns: next(node.type), at };
  if (ts.isLiteralTypeNode(node)) return readLiteral(node, source, at);
  const keyword = ts.tokenToString(node.kind);
  if (keyword !== undefined) return { kind: 'primitive', name: keyword, at };
  return { kind: 'other', text: node.getText(source).slice(0, 200), at };
}

/** What stands in brackets, or behind `readonly`, `...` or a label. */
function wrappedIn(node: ts.TypeNode): ts.TypeNode | undefined {
  const isWrapper =
    ts.isParenthesizedTypeNode(node) ||
    ts.isOptionalTypeNode(node) ||
    ts.isRestTypeNode(node) ||
    ts.isNamedTupleMember(node) ||
    (ts.isTypeOperatorNode(node) && node.operator !== ts.SyntaxKind.KeyOfKeyword);
  return isWrapper ? node.type : undefined;
}

/** `[OrderPlaced, StockReserved]` is a list of either. */
function tuple(node: ts.TupleTypeNode, next: (it: ts.TypeNode) => TypeExpr, at: TypeExpr['at']): TypeExpr {
  const items = node.elements.map(next);
  const [only, ...others] = items;
  return { kind: 'array', of: only && others.length === 0 ? only : { kind: 'union', of: items, at }, at };
}

function readLiteral(node: ts.LiteralTypeNode, source: ts.SourceFile, at: TypeExpr['at']): TypeExpr {
  if (ts.isStringLiteralLike(node.literal)) return { kind: 'literal', value: node.literal.text, at };
  if (node.literal.kind === ts.SyntaxKind.NullKeyword) return { kind: 'primitive', name: 'null', at };
  return { kind: 'literal', value: node.literal.getText(source), at };
}

function membersOf(
  nodes: readonly ts.TypeElement[],
  read: (node: ts.TypeNode) => TypeExpr,
  source: ts.SourceFile,
): readonly Member[] {
  return nodes.flatMap((node) => {
    if (!node.name || (!ts.isPropertySignature(node) && !ts.isMethodSignature(node))) return [];
    const at = placeOf(node.name, source);
    const type: TypeExpr | undefined = ts.isMethodSignature(node)
      ? { kind: 'function', ...takenBy(node, source), ...(node.type ? { returns: read(node.type) } : {}), at }
      : node.type && read(node.type);
    return [
      {
        name: nameText(node.name, source),
        at,
        ...(type ? { type } : {}),
        isOptional: node.questionToken !== undefined,
      },
    ];
  });
}

function takenBy(
  { parameters }: ts.FunctionTypeNode | ts.MethodSignature,
  source: ts.SourceFile,
): { readonly takes?: readonly string[] } {
  const required = parameters.filter((it) => !it.questionToken && !it.dotDotDotToken);
  const takes = required.map((it) => it.getText(source).slice(0, 80));
  return takes.length > 0 ? { takes } : {};
}

function nameText(name: ts.PropertyName, source: ts.SourceFile): string {
  return ts.isIdentifier(name) || ts.isStringLiteralLike(name) || ts.isPrivateIdentifier(name)
    ? name.text
    : name.getText(source);
}

/** The declarations of a file in the order of the text. */
export function readTypeFacts(reading: Reading, declarations: readonly ts.Node[]): readonly TypeFact[] {
  return declarations.flatMap((it) => factOf(reading, it) ?? []);
}

/** Whether a node is of a kind of which `readTypeFacts` makes types. */
export function declaresType(node: ts.Node): boolean {
  switch (node.kind) {
    case ts.SyntaxKind.InterfaceDeclaration:
    case ts.SyntaxKind.TypeAliasDeclaration:
    case ts.SyntaxKind.ClassDeclaration:
    case ts.SyntaxKind.ClassExpression:
    case ts.SyntaxKind.EnumDeclaration:
    case ts.SyntaxKind.FunctionDeclaration:
    case ts.SyntaxKind.VariableDeclaration:
      return true;
    default:
      return false;
  }
}

function factOf(reading: Reading, node: ts.Node): TypeFact | undefined {
  if (ts.isInterfaceDeclaration(node)) return interfaceFact(reading, node);
  if (ts.isTypeAliasDeclaration(node)) {
    return {
      ...headOf(reading, node, node.name),
      kind: 'alias',
      alias: reading.type(node.type),
      ...parametersOf(reading, node),
    };
  }
  if (ts.isClassLike(node)) return classFact(reading, node);
  if (ts.isEnumDeclaration(node)) return enumFact(reading, node);
  if (ts.isFunctionDeclaration(node)) return makerFact(reading, node, node);
  return ts.isVariableDeclaration(node) ? schemaFact(reading, node) : undefined;
}

function headOf(
  reading: Reading,
  node: ts.Node,
  name: ts.Node & { readonly text: string },
): Omit<TypeFact, 'kind'> {
  const isLocal = ts.isVariableDeclaration(node) ? isExported(node.parent.parent) : isExported(node);
  const head = { name: name.text, at: reading.at(name), span: reading.at(node), isExported: isLocal };
  return { ...head, parameters: [], bases: [], implements: [], members: [], decorators: [] };
}

function parametersOf(
  reading: Reading,
  { typeParameters }: { readonly typeParameters?: ts.NodeArray<ts.TypeParameterDeclaration> },
): Pick<TypeFact, 'parameters' | 'bounds'> {
  const parameters = (typeParameters ?? []).map((it) => it.name.text);
  const bounds = (typeParameters ?? []).flatMap((it) => (it.constraint ? [reading.type(it.constraint)] : []));
  return { parameters, ...(bounds.length > 0 ? { bounds } : {}) };
}

function interfaceFact(reading: Reading, node: ts.InterfaceDeclaration): TypeFact {
  const bases = (node.heritageClauses ?? []).flatMap((it) => it.types.map(reading.type));
  const members = membersOf([...node.members], reading.type, reading.source);
  return {
    ...headOf(reading, node, node.name),
    kind: 'interface',
    ...parametersOf(reading, node),
    bases,
    members,
  };
}

function classFact(reading: Reading, node: ts.ClassLikeDeclaration): TypeFact | undefined {
  const holder =
    ts.isVariableDeclaration(node.parent) && ts.isIdentifier(node.parent.name) ? node.parent.name : undefined;
  const name = node.name ?? holder;
  if (!name) return undefined;
  const clause = (token: ts.SyntaxKind): readonly TypeExpr[] =>
    (node.heritageClauses ?? [])
      .filter((it) => it.token === token)
      .flatMap((it) => it.types.map(reading.type));
  const isMarked = (kind: ts.SyntaxKind): boolean => node.modifiers?.some((it) => it.kind === kind) === true;
  // `declare class`: the code stands elsewhere, and is nobody's here to mend.
  const isElsewhere = isMarked(ts.SyntaxKind.DeclareKeyword);
  return {
    ...headOf(reading, node, name),
    kind: 'class',
    ...(isMarked(ts.SyntaxKind.AbstractKeyword) ? { isAbstract: true } : {}),
    ...(isElsewhere ? { notAnEvent: 'declared for code that stands elsewhere' } : {}),
    ...parametersOf(reading, node),
    bases: clause(ts.SyntaxKind.ExtendsKeyword),
    implements: clause(ts.SyntaxKind.ImplementsKeyword),
    members: node.members.flatMap((it) => classMembers(reading, it)),
    decorators: reading.decorators(node),
  };
}

function classMembers(reading: Reading, member: ts.ClassElement): readonly Member[] {
  if (ts.isConstructorDeclaration(member)) {
    return member.parameters.flatMap((it) =>
      ts.isParameterPropertyDeclaration(it, member) && ts.isIdentifier(it.name)
        ? [{ ...fieldOf(reading, it, it.name), isParameter: true }]
        : [],
    );
  }
  if (ts.isPropertyDeclaration(member)) return [fieldOf(reading, member, member.name)];
  if (ts.isGetAccessorDeclaration(member)) {
    const at = reading.at(member.name);
    return [
      {
        name: nameText(member.name, reading.source),
        at,
        ...(member.type ? { type: reading.type(member.type) } : {}),
        isOptional: false,
      },
    ];
  }
  return [];
}

function fieldOf(
  reading: Reading,
  node: ts.PropertyDeclaration | ts.ParameterDeclaration,
  name: ts.PropertyName,
): Member {
  const isStatic = ts.getModifiers(node)?.some((it) => it.kind === ts.SyntaxKind.StaticKeyword);
  const decorators = reading.decorators(node);
  return {
    name: nameText(name, reading.source),
    at: reading.at(name),
    ...(node.type ? { type: reading.type(node.type) } : {}),
    isOptional: node.questionToken !== undefined,
    ...(isStatic ? { isStatic } : {}),
    ...(node.initializer ? { init: reading.expr(node.initializer) } : {}),
    ...(decorators.length > 0 ? { decorators } : {}),
  };
}

function enumFact(reading: Reading, node: ts.EnumDeclaration): TypeFact {
  const members = node.members.map((it) => ({
    name: nameText(it.name, reading.source),
    at: reading.at(it.name),
    isOptional: false,
    ...(it.initializer ? { init: reading.expr(it.initializer) } : {}),
  }));
  return { ...headOf(reading, node, node.name), kind: 'enum', members };
}

function schemaFact(reading: Reading, node: ts.VariableDeclaration): TypeFact | undefined {
  const { initializer: value, name, type } = node;
  if (!value || !ts.isIdentifier(name)) return undefined;
  if (ts.isArrowFunction(value) || ts.isFunctionExpression(value)) return makerFact(reading, node, value);
  const checked = ts.isSatisfiesExpression(value) ? value.expression : value;
  const shape = readSchema(reading, checked) ?? readMaking(reading, checked);
  if (!shape) return undefined;
  const written = type ?? (ts.isSatisfiesExpression(value) ? value.type : undefined);
  return {
    ...headOf(reading, node, name),
    kind: 'schema',
    ...contentOf(shape),
    implements: written ? checkedBy(reading.type(written)) : [],
  };
}

function contentOf(shape: TypeExpr): Partial<Pick<TypeFact, 'members' | 'alias' | 'bases'>> {
  if (shape.kind === 'object') return { members: shape.members };
  if (shape.kind !== 'intersection') return { alias: shape };
  const bases = shape.of.filter((it) => it.kind === 'typeof');
  const objects = shape.of.filter((it) => it.kind === 'object');
  if (bases.length + objects.length < shape.of.length) return { alias: shape };
  return { bases, members: objects.flatMap((it) => it.members) };
}

/** `const orderPlacedSchema: z.ZodType<OrderPlaced>`: what it checks is declared elsewhere. */
function checkedBy(type: TypeExpr): readonly TypeExpr[] {
  const isSchema = type.kind === 'ref' && /(?:^|[.a-z])(?:Schema|ZodType|JSONSchemaType)$/.test(type.name);
  return isSchema ? type.args.filter((it) => it.kind === 'ref').slice(0, 1) : [];
}

/** A function that gives a schema is a general one: `const eventSchema = (payload) => z.object({ eventId, payload })`. */
function makerFact(
  reading: Reading,
  node: ts.FunctionDeclaration | ts.VariableDeclaration,
  maker: ts.FunctionDeclaration | ts.FunctionExpression | ts.ArrowFunction,
): TypeFact | undefined {
  const shape = node.name && ts.isIdentifier(node.name) ? readGiven(reading, maker) : undefined;
  if (!shape || !node.name || !ts.isIdentifier(node.name)) return undefined;
  const parameters = maker.parameters.map((it) => it.name.getText(reading.source));
  return {
    ...headOf(reading, node, node.name),
    kind: 'schema',
    isAbstract: true,
    parameters,
    ...contentOf(shape),
  };
}
