// A POST that changes nothing: what is asked for does not fit into an address, or must not stand in one. And one that leaves behind the
// same however often it comes: a cache that is made anew.
import type { Expr } from '../../facts/expressions.ts';
import type { FunctionFact } from '../../facts/facts.ts';
import { takingHold } from '../../facts/sagaWords.ts';
import { actionsIn, partsOf } from '../../facts/walk.ts';
import { addressText, askedBy, verbOf } from './addresses.ts';
import type { CallSite } from './framework.ts';

/** The last word of an address that is asked: `/oauth2/token`, `/orders/_search`, `this.tokenUrl`. */
const asked =
  /(?:^|[/:])(?:(?:access[-_])?token|_?m?search|lookup|query|introspect|userinfo)\/?$|token_?(?:url|uri|endpoint)$/i;
/** A function that looks something up, unless it also makes or takes it: `getOrCreate`, `fetchAndLock`. */
const lookingUp = /^_?(?:get|fetch|find|list|search|query|look_?[uU]p|count|calculate|estimate)(?![a-z])/;
const alsoChanging = /(?:Or|And|_or_|_and_)[A-Z_]?|create|upsert|insert/;

/** Whether a request with the verb POST only asks. */
export function asksByPost(site: CallSite): boolean {
  if (!/^(?:post|fetch|\$fetch|request|axios|got|ky)$/i.test(verbOf(site))) return false;
  const texts = site.call.args.flatMap((it) => [...saidIn(site, it, 4)]);
  const graphql = texts.filter((it) => /^\s*(?:query|mutation|subscription)\b|^\s*\{\s*\w/.test(it));
  if (graphql.length > 0) return graphql.every((it) => !/^\s*mutation\b/.test(it));
  if (texts.some((it) => /\bgrant_type\b/.test(it))) return true;
  return asked.test(addressText(site).split('?')[0] ?? '') || isInLookUp(site);
}

/** What is made anew of what is stored elsewhere: caches, pages and search indexes. */
const renewal =
  /^(?:re-?validat(?:e|ion)|purge|invalidat(?:e|ion)|re-?index|refresh)(?:[-_](?:all|caches?|everything|index(?:es)?|pages?|paths?|search|tags?|url))?$|^(?:(?:clear|flush|bust|warm)[-_]?cache|cache[-_]?(?:clear|flush|purge|refresh|invalidat(?:e|ion)))$/i;
/** A key that is made anew is another one. */
const keys = /token|auth|session|login|password|secret/i;
const renewing =
  /^_?(?:revalidate|purge|invalidate|reindex|(?:clear|flush|bust|warm|refresh)\w*Cache)(?![a-z])/;

/** Whether a request makes something anew: `POST /api/revalidate`, `POST /products/7/reindex`. */
export function renewsByPost(site: CallSite): boolean {
  const [place = ''] = addressText(site).split('?');
  const words = place.split(/[/:]/);
  if (words.some((it) => renewal.test(it))) return !words.some((it) => keys.test(it));
  return askedBy(site) === undefined && renewing.test(namedAround(site.fn, site)?.name ?? '');
}

/** Keys and texts of a request: `{ grant_type: … }`, `` JSON.stringify({ query: `query { … }` }) ``. */
function* saidIn(site: CallSite, expr: Expr, depth: number): Iterable<string> {
  if (depth === 0) return;
  const value = site.view.valueOf(expr);
  if (value.kind === 'string') yield value.value;
  if (value.kind === 'template') yield value.parts.map((it) => (typeof it === 'string' ? it : '')).join('');
  if (value.kind === 'object') yield* value.entries.map((it) => it.key);
  for (const part of partsOf(value)) yield* saidIn(site, part, depth - 1);
}

/** The function around gives what it found, and neither its name nor the address says that anything is taken. */
function isInLookUp(site: CallSite): boolean {
  const fn = namedAround(site.fn, site);
  if (!fn || !lookingUp.test(fn.name) || alsoChanging.test(fn.name)) return false;
  const words = askedBy(site)?.split('.') ?? [];
  if (words.some((it) => takingHold.test(it))) return false;
  return actionsIn(fn.body).some((it) => it.kind === 'return' && it.value !== undefined);
}

function namedAround(fn: FunctionFact, { view }: CallSite): FunctionFact | undefined {
  let around: FunctionFact | undefined = fn;
  while (around?.name === '' && around.outer !== undefined) around = view.facts.functions[around.outer];
  return around;
}
