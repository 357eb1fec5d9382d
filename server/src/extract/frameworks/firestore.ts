// Firestore: what is set under a key replaces what was there, what is added gets a fresh one, and `create` fails where a document is
// (https://firebase.google.com/docs/firestore/manage-data/add-data).
import { table } from '../../table.ts';
import type { CallExpr, Expr } from '../../facts/expressions.ts';
import type { Role, WriteRole } from '../../facts/roles.ts';
import type { FileView } from '../fileView.ts';
import { increments } from './amounts.ts';
import { doesImport, isFrom, type CallSite, type Framework } from './framework.ts';
import { isTransactionHandle } from './transactions.ts';

const library = 'firestore';
const modules = ['firebase-admin', 'firebase-functions', '@google-cloud/firestore', 'firebase/firestore'];
const operations: Readonly<Record<string, WriteRole['operation'] | 'read' | undefined>> = table({
  set: 'upsert',
  create: 'insert',
  add: 'insert',
  update: 'update',
  delete: 'delete',
  get: 'read',
});
/** What makes another key each time. */
const drawn = /uuid|nanoid|ulid|cuid|(?:new|auto|random|generate)_?(?:id|key)|^now$/i;
/** What collects writes, and is told the document first. */
const collecting = /^(?:batch|bulkWriter)$/;

export const firestore: Framework = {
  name: library,
  triggers: ['FieldValue', 'firestore'],
  makes: {
    'firebase-admin/firestore.getFirestore': 'Firestore',
    'firebase-admin.firestore': 'Firestore',
  },
  roles(site) {
    const operation = operations[site.name];
    const target =
      operation && site.receiver && isNear(site.view) ? targetOf(site, site.receiver) : undefined;
    if (!operation || !target) return [];
    const store = target.store === undefined ? {} : { store: target.store };
    if (operation === 'read') return [{ kind: 'read', library, ...store, confidence: 'type' }];
    const data = operation === 'delete' ? undefined : site.call.args[target.data];
    return written(site, target, { ...store, ...(data && { data: site.view.valueOf(data) }) });
  },
};

/** Maps are set and asked everywhere: a file that holds documents says so. */
function isNear(view: FileView): boolean {
  return (
    view.callsNamed('doc').length > 0 || view.callsNamed('collection').length > 0 || doesImport(view, modules)
  );
}

/** A document, or a collection that is given one. */
interface Target {
  readonly store?: string;
  /** Its key is made anew by each run. */
  readonly isFresh: boolean;
  /** Which argument is stored. */
  readonly data: number;
}

function written(
  site: CallSite,
  { isFresh, data: place }: Target,
  rest: Pick<WriteRole, 'store' | 'data'>,
): readonly Role[] {
  const operation = operations[site.name];
  if (!operation || operation === 'read') return [];
  const isCounted = rest.data !== undefined && increments(site, rest.data);
  const isFirst = site.name === 'create' && !isFresh;
  const isAsked = site.name === 'update' && site.view.entryOf(site.call.args[place + 1], 'lastUpdateTime');
  const write: WriteRole = {
    kind: 'write',
    library,
    operation: isCounted ? 'increment' : operation === 'upsert' && isFresh ? 'insert' : operation,
    ...rest,
    ...((isFirst || isAsked) && { isConditional: true }),
    confidence: 'type',
  };
  // The second time it throws.
  return isFirst ? [write, { kind: 'guard', library, form: 'claim' }] : [write];
}

function targetOf(site: CallSite, receiver: Expr): Target | undefined {
  const { view, name, call } = site;
  const made = view.makingOf(receiver);
  if (collects(site, made)) {
    const [document] = call.args;
    const found = document && documentBehind(view, document);
    return found && { ...found, data: 1 };
  }
  if (name !== 'add')
    return documentBehind(view, receiver) ?? (name === 'get' ? queryBehind(view, receiver) : undefined);
  const collection = collectionBehind(view, receiver);
  return collection && { ...collection, isFresh: true };
}

/** `const batch = db.batch()`, `db.runTransaction(async (transaction) => …)`. */
function collects(site: CallSite, made: Expr): boolean {
  const { view, receiver } = site;
  if (made.kind === 'call' && made.callee.kind === 'member' && collecting.test(made.callee.name)) return true;
  const type = receiver && view.originOf(receiver);
  if (isFrom(type, modules) && /^(?:Transaction|WriteBatch|BulkWriter)$/.test(type?.name ?? '')) return true;
  return isTransactionHandle(site) && doesImport(view, modules);
}

/** `db.collection('orders').doc(id)`, `db.doc('orders/1')`, `snapshot.ref`, a `DocumentReference`. */
function documentBehind(view: FileView, expr: Expr): Target | undefined {
  const made = view.makingOf(expr);
  if (made.kind === 'call' && made.callee.kind === 'member' && made.callee.name === 'doc') {
    const collection = collectionBehind(view, made.callee.object);
    const isRoot = doesImport(view, modules) || isFrom(view.originOf(made.callee.object), modules);
    if (!collection && !isRoot) return undefined;
    return {
      store: collection ? collection.store : pathIn(made.args[0], 1),
      isFresh: isDrawn(view, made),
      data: 0,
    };
  }
  const origin = view.originOf(expr);
  const isTyped = isFrom(origin, modules) && origin?.name === 'DocumentReference';
  const isOfSnapshot = made.kind === 'member' && made.name === 'ref' && doesImport(view, modules);
  return isTyped || isOfSnapshot ? { isFresh: false, data: 0 } : undefined;
}

/** `doc()` makes a key, and so does `doc(randomUUID())`. */
function isDrawn(view: FileView, { args: [key] }: CallExpr): boolean {
  if (!key) return true;
  const value = view.valueOf(key);
  return value.kind === 'call' && 'name' in value.callee && drawn.test(value.callee.name);
}

function collectionBehind(view: FileView, expr: Expr): Target | undefined {
  const made = view.makingOf(expr);
  const isMade = made.kind === 'call' && made.callee.kind === 'member' && made.callee.name === 'collection';
  if (isMade) return { store: pathIn(made.args[0], 0), isFresh: false, data: 0 };
  const origin = view.originOf(expr);
  return isFrom(origin, modules) && origin?.name === 'CollectionReference'
    ? { isFresh: false, data: 0 }
    : undefined;
}

/** `db.collection('orders').where('state', '==', 'open').limit(1)`. */
function queryBehind(view: FileView, expr: Expr): Target | undefined {
  let at = view.makingOf(expr);
  while (at.kind === 'call' && at.callee.kind === 'member' && at.callee.name !== 'collection')
    at = view.makingOf(at.callee.object);
  return doesImport(view, modules) ? collectionBehind(view, at) : undefined;
}

/** The collection's name: the last part of `shops/1/orders`, or with a document behind it of `orders/1`. */
function pathIn(path: Expr | undefined, behind: number): string | undefined {
  if (path?.kind === 'name' || path?.kind === 'member') return behind === 0 ? path.name : undefined;
  const parts = path?.kind === 'template' ? path.parts : path?.kind === 'string' ? [path.value] : [];
  const names = parts
    .map((it) => (typeof it === 'string' ? it : '*'))
    .join('')
    .split('/');
  return names.at(-1 - behind);
}
