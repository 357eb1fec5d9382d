// Faults in what events say.
import ts from 'typescript';
import type { Edit } from '../../../server/src/text.ts';
import { forgetting, mentionOf } from '../forgetting.ts';
import {
  around,
  calledName,
  edited,
  nodesOf,
  type Operator,
  removed,
  replaced,
  type Source,
  spanOf,
} from '../mutant.ts';

const metadata = /^(?:eventId|occurredAt|correlationId|version)$/;
const failures = /(?:Failed|Declined|Rejected)$/;
const tenses: Readonly<Record<string, string>> = {
  Placed: 'Place', Booked: 'Book', Captured: 'Capture', Reserved: 'Reserve', Confirmed: 'Confirm', Cancelled: 'Cancel',
  Processed: 'Process', Shipped: 'Ship', Declined: 'Decline',
}; // prettier-ignore

export const eventOperators: readonly Operator[] = [
  {
    name: 'drop a field of the metadata',
    rule: 'missing-event-metadata',
    *find(source) {
      for (const node of nodesOf(source.tree)) {
        if (ts.isPropertySignature(node) && metadata.test(node.name.getText()) && isOfEvent(node.parent))
          yield removed(source, node);
        if (ts.isPropertyAssignment(node) && metadata.test(node.name.getText()) && isSchema(node.initializer))
          yield removed(source, node, { symbols: /./ });
        if (ts.isPropertyDeclaration(node) && metadata.test(node.name.getText()) && isOfEvent(node.parent))
          yield removed(source, node, { symbols: /Event$/ });
        if (
          ts.isParameter(node) &&
          node.modifiers &&
          metadata.test(node.name.getText()) &&
          isOfEvent(node.parent.parent)
        )
          yield edited(
            source,
            node,
            node.modifiers.map((it) => ({ at: spanOf(it), text: '' })),
            { symbols: /Event$/ },
          );
      }
    },
  },
  {
    name: 'put into a payload what JSON loses',
    rule: 'unserializable-payload',
    *find(source) {
      for (const node of nodesOf(source.tree)) {
        if (ts.isPropertySignature(node) && node.type && isFieldOfEvent(node))
          yield replaced(source, node.type, 'Map<string, string>');
        if (ts.isParameter(node) && node.type && node.modifiers && isDerivedEvent(node.parent.parent))
          yield replaced(source, node.type, 'Set<string>', { symbols: /./ });
        if (ts.isPropertyAssignment(node) && isFieldOfSchema(node))
          yield replaced(source, node.initializer, 'z.map(z.string(), z.string())');
      }
    },
  },
  {
    name: 'name an event like a command',
    rule: 'non-past-tense-event',
    *find(source) {
      for (const node of nodesOf(source.tree)) {
        if (
          !ts.isClassDeclaration(node) &&
          !ts.isTypeAliasDeclaration(node) &&
          !ts.isInterfaceDeclaration(node)
        )
          continue;
        const [, subject, past] = /^([A-Z]\w*[a-z])([A-Z][a-z]+)$/.exec(node.name?.text ?? '') ?? [];
        const verb = past === undefined ? undefined : tenses[past];
        if (!node.name || !subject || !verb || !isMessage(node)) continue;
        yield renamedEverywhere(source, node.name, `${verb}${subject}`, past ?? '', verb);
      }
    },
  },
  {
    name: 'delete a failure event',
    rule: 'missing-failure-event',
    *find(source) {
      for (const node of nodesOf(source.tree)) {
        const isDeclaration =
          ts.isClassDeclaration(node) || ts.isTypeAliasDeclaration(node) || ts.isInterfaceDeclaration(node);
        if (!isDeclaration || !node.name || !failures.test(node.name.text) || !isMessage(node)) continue;
        yield forgotten(source, node.name);
      }
    },
  },
];

function isOfEvent(node: ts.Node): boolean {
  if (ts.isInterfaceDeclaration(node) || ts.isClassDeclaration(node))
    return /Event$/.test(node.name?.text ?? '');
  return ts.isTypeLiteralNode(node) && isMessage(node);
}

function isDerivedEvent(node: ts.Node): boolean {
  return (
    ts.isClassDeclaration(node) &&
    (node.heritageClauses?.some((it) => /Event$/.test(it.types[0]?.getText() ?? '')) ?? false)
  );
}

/** A field of a declared event; what a function asks of one is none. */
function isFieldOfEvent(node: ts.PropertySignature): boolean {
  const name = node.name.getText();
  if (metadata.test(name) || name === 'type') return false;
  if (ts.isInterfaceDeclaration(node.parent))
    return node.parent.heritageClauses?.some((it) => /DomainEvent/.test(it.getText())) ?? false;
  return (
    around(node, ts.isTypeAliasDeclaration) !== undefined && /DomainEvent/.test(node.parent.parent.getText())
  );
}

function isFieldOfSchema(node: ts.PropertyAssignment): boolean {
  const { parent } = node.parent;
  const isExtended = ts.isCallExpression(parent) && calledName(parent) === 'extend';
  return isExtended && isSchema(node.initializer) && node.name.getText() !== 'type';
}

function isSchema(node: ts.Expression): boolean {
  return /^z\b/.test(node.getText());
}

/** A class of a base event, an alias that adds to one, or the type of a schema. */
function isMessage(node: ts.Node): boolean {
  return /extends (?:DomainEvent|BaseEvent)|= DomainEvent &|z\.infer/.test(node.getText());
}

function renamedEverywhere(source: Source, name: ts.Identifier, to: string, past: string, verb: string) {
  const edits = new Map(
    [...source.files].flatMap(([file, text]) => {
      const found = [...text.matchAll(new RegExp(`\\b${name.text}\\b`, 'g'))].map(({ index }) => ({
        at: { start: index, end: index + name.text.length },
        text: to,
      }));
      const wires = [...text.matchAll(new RegExp(`'[a-z.-]+\\.${past.toLowerCase()}'`, 'g'))].map((it) => ({
        at: { start: it.index, end: it.index + it[0].length },
        text: it[0].replace(`.${past.toLowerCase()}`, `.${verb.toLowerCase()}`),
      }));
      return found.length + wires.length > 0 && /\.ts$/.test(file)
        ? [[file, [...found, ...wires]] as const]
        : [];
    }),
  );
  return { edits, file: source.file, at: spanOf(name), place: { symbols: new RegExp(`^${to}$`) } };
}

/** Takes out all that names an event: its declaration, members of unions, imports, cases, consumers, what publishes it. */
function forgotten(source: Source, name: ts.Identifier) {
  const mention = mentionOf(name.text);
  const edits = new Map<string, Edit[]>();
  for (const [file, text] of source.files) {
    if (!/\.ts$/.test(file) || !mention.test(text)) continue;
    const tree = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
    edits.set(file, [...forgetting({ ...source, file, text, tree }, tree, mention)]);
  }
  const subject = name.text.replace(/(?:Reservation|Booking|Shipment)?(?:Failed|Declined|Rejected)$/, '');
  return { edits, file: source.file, at: spanOf(name), place: { symbols: new RegExp(subject, 'i') } };
}
