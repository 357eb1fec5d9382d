// Duplicate checks as people name them: inbox, processed messages, deduplication, idempotency stores, Redis SET NX.
// What a hand-written guard really does is judged again by the model when its body is known.
import type { Expr } from '../../facts/expressions.ts';
import type { GuardRole } from '../../facts/roles.ts';
import { isFrom, type CallSite, type Framework } from './framework.ts';

const store = /inbox|processed|idemp|dedup|duplicate|seen_?(events|messages|ids)|handled_?(events|messages)/i;
const checks =
  /^(is|has|was|already|exists|check|find|get|has)\w*(processed|handled|duplicate|seen|exists?)?/i;
const checkName =
  /^(is|has|was)?(already)?(been)?(processed|handled|duplicate|seen)(event|message|before|already)?\w*$|^(is|has|was)(already|event|message|duplicate)?\w*(processed|handled|duplicate|seen)\w*$/i;
/** `isAlreadySent(orderId)`: what the message asks for has been done. */
const doneName =
  /^(?:is|has|was)?already(?:been)?(?:sent|notified|delivered|done|executed|charged|paid|shipped|refunded|published|emitted|applied|completed|created|consumed|received|imported|synced|recorded|reserved|booked)$/i;
const marks = /^(mark|record|save|insert|create|add|set|store|complete|register|remember)\w*/i;
const claims = /^(claim|acquire|begin|start|try|setnx|reserve|insertIfAbsent|ensure|once)\w*/i;
const wraps = /^(run|execute|process|handle|with|once|idempotent|ensure|guard)\w*/i;

/** Whose `idempotencyKeys.create(…)` makes a key and keeps nothing. */
const keyMakers = ['@trigger.dev/'];

export const guards: Framework = {
  name: 'guard',
  triggers: ['idemp', 'Idemp'],
  everydayTriggers: ['inbox', 'Inbox', 'rocessed', 'dedup', 'Dedup'],
  roles(site) {
    const redis = setIfAbsent(site);
    if (redis) return [redis];
    if (site.action.isNew || isFrom(site.origin, keyMakers)) return [];
    const form = formOf(site);
    if (!form) return [];
    const body = site.call.args.find((it) => site.view.valueOf(it).kind === 'function');
    const key = site.call.args.find((it) => site.view.valueOf(it).kind !== 'function');
    return [role(site, body ? 'wrap' : form, key, body)];
  },
};

function formOf(site: CallSite): GuardRole['form'] | undefined {
  const isCheck = checkName.test(site.name) || doneName.test(site.name);
  if (isCheck && site.call.args.length > 0) return 'check';
  if (/^(mark|record)(As|Event|Message)*(Processed|Handled|Seen)/.test(site.name)) return 'mark';
  if (
    /^(idempotent|withInbox|withIdempotency|withDeduplication|ensureIdempotent|runIdempotent|processOnce|handleOnce|executeOnce|runOnce)\w*$/i.test(
      site.name,
    )
  )
    return 'wrap';
  const object = `${site.receiverName} ${site.origin?.name ?? ''}`;
  if (!site.receiver || !store.test(object) || /outbox/i.test(object)) return undefined;
  const hasBody = site.call.args.some((it) => site.view.valueOf(it).kind === 'function');
  if (hasBody && wraps.test(site.name)) return 'wrap';
  if (claims.test(site.name)) return 'claim';
  if (/^(find|get|exists?|has|is|check|count)/i.test(site.name) || checks.exec(site.name)?.[2])
    return 'check';
  return marks.test(site.name) ? 'mark' : undefined;
}

/** `redis.set(key, value, 'NX')`, `set(key, value, { NX: true })`, `setnx`. */
function setIfAbsent(site: CallSite): GuardRole | undefined {
  if (/^setnx$/i.test(site.name)) return role(site, 'claim', site.call.args[0], undefined);
  if (site.name !== 'set' || site.call.args.length < 3) return undefined;
  const rest = site.call.args.slice(2);
  const isNx = rest.some(
    (it) =>
      (it.kind === 'string' && it.value.toUpperCase() === 'NX') ||
      site.view.entryOf(it, 'NX') !== undefined ||
      site.view.entryOf(it, 'nx') !== undefined,
  );
  return isNx ? role(site, 'claim', site.call.args[0], undefined) : undefined;
}

function role(
  site: CallSite,
  form: GuardRole['form'],
  key: Expr | undefined,
  body: Expr | undefined,
): GuardRole {
  const isMemory = /^(Set|Map|WeakSet)$/.test(site.origin?.name ?? '');
  return {
    kind: 'guard',
    library: 'guard',
    form,
    ...(key ? { key } : {}),
    ...(body ? { body } : {}),
    ...(isMemory ? { isVolatile: true } : {}),
  };
}
