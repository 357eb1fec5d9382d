// Clients of other systems that only their names tell from those of a database.
import type { RemoteRole, WriteRole } from '../../facts/roles.ts';
import { isTypedStore } from './databaseTypes.ts';
import { pathOf } from '../paths.ts';
import type { CallSite } from './framework.ts';
import { namesStore, onlyStores } from './stores.ts';

const ofDatabase =
  /prisma|db|pg|sql|postgres|maria|mongo|redis|supabase|dynamo|doc|cassandra|scylla|elastic|search|click_?house|influx|neo4j|arango|couch|cosmos|spanner|big_?query|fire|fauna|hasura|drizzle|typeorm|data|table|query|read|write|replica|primary|master|mock|tenant|base$/i;
const holdsModels = /prisma|database|(?:^|_)(?:db|orm|tx|trx)$|[a-z](?:D[bB]|O(?:rm|RM)|Tx)$/;

/** `catalogClient.createProduct(…)`, `this.gitClientService.createTag(…)`: what is called after what it speaks to, which is no database. */
export function isForeignClient(site: CallSite): boolean {
  const { receiverName, origin, name } = site;
  const subject = /^(?:this\.)?_?(\w+?)_?client(?:_?service)?(?:\(\))?$/i.exec(receiverName)?.[1];
  if (subject === undefined || onlyStores.test(name)) return false;
  if (isModel(site)) return false;
  if (ofDatabase.test(subject) || namesStore(subject) || ofDatabase.test(origin?.name ?? '')) return false;
  return !isTypedStore(site);
}

/** `prisma.oauthClient.create({ data })`, `this.database.apiClient.insert(…)`: rows of clients. */
function isModel({ receiver, name, arg }: CallSite): boolean {
  const on = receiver?.kind === 'member' ? pathOf(receiver.object).at(-1) : undefined;
  if (on !== undefined && holdsModels.test(on)) return true;
  const given = arg(0);
  const isOfPrisma = /^(?:create|update|upsert|delete)(?:Many)?$/.test(name) && given?.kind === 'object';
  return isOfPrisma && given.entries.some((it) => it.key === 'data' || it.key === 'where');
}

/** What a client of another system is told changes nothing in a database of one's own. */
export function toldClient({ operation }: WriteRole): RemoteRole {
  const isReplacing = operation !== 'insert' && operation !== 'increment';
  return {
    kind: 'remote',
    library: 'remote',
    what: 'other',
    ...(isReplacing && { isReplacing }),
    confidence: 'name',
  };
}
