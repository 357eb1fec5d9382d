// What the names of events say: their words, the key under which a type and its wire name are one event, the tense.
// English verb forms come from english-verbs-irregular; regular ones end in -ed.
import { getConjugation, mergeVerbsData } from 'english-verbs-helper';
import gerunds from 'english-verbs-gerunds/dist/gerunds.json' with { type: 'json' };
import irregular from 'english-verbs-irregular/dist/verbs.json' with { type: 'json' };
import { remembered } from '../../facts/once.ts';

/** The words of an identifier or wire name in lower case: `orderPlaced`, `ORDER_PLACED`, `order.placed`, `order-placed`. */
export const wordsOf = remembered((name): readonly string[] =>
  name
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/(?<=[A-Z])(?=[A-Z][a-z])/g, ' ')
    .split(/[^A-Za-z\d]+/)
    .filter(Boolean)
    .map((it) => it.toLowerCase()),
);

const suffixes = new Set([
  'event',
  'events',
  'message',
  'msg',
  'schema',
  'topic',
  'queue',
  'subject',
  'dto',
  'type',
]);
const qualifiers = new Set(['integration', 'domain']);
const prefixes = new Set(['com', 'org', 'io', 'events', 'event', 'topic', 'evt', 'subject', 'subjects']);

/** The words that tell an event apart, joined by blanks: without suffix (`Event`), version (`.v1`) and reverse domain. */
export const eventKey = remembered((name): string => {
  const words = [...wordsOf(/^(?:arn:|https?:)/.test(name) ? (name.split(/[/:]/).at(-1) ?? name) : name)];
  while (words.length > 1 && prefixes.has(words[0] ?? '')) words.shift();
  while (words.length > 1 && isDecoration(words.at(-1) ?? '')) words.pop();
  if (words.length > 2 && qualifiers.has(words.at(-1) ?? '')) words.pop();
  return words.join(' ');
});

/** `OrderPlacedDomainEvent` stays in its service, `OrderPlacedIntegrationEvent` leaves it; undefined for what says neither. */
export const qualifierOf = remembered((name): string | undefined => {
  const words = [...wordsOf(name)];
  while (words.length > 1 && isDecoration(words.at(-1) ?? '')) words.pop();
  const last = words.at(-1) ?? '';
  return words.length > 2 && qualifiers.has(last) ? last : undefined;
});

function isDecoration(word: string): boolean {
  return suffixes.has(word) || /^v?\d+$/.test(word);
}

/** `order.placed.dlq`: where messages go that nobody could handle; it is a place, and says nothing of its own. */
export const isLastResort = remembered((name): boolean =>
  /(?:^| )(?:dlq|dlx|dlt|dead ?letters?|poison|parking ?lot)(?: |$)/.test(wordsOf(name).join(' ')),
);

const notParticiples = new Set(
  'bet bid cost debit forecast offset outlet output outset preset spread need feed seed speed breed weed deed bleed reed indeed red bed shed sped embed hundred proceed succeed exceed id uid'.split(
    ' ',
  ),
);
const prefixesOfVerbs = /^(re|un|over|under|out|mis|pre|auto|de)-?/;

/** Past forms and participles of irregular verbs. */
const participles: ReadonlySet<string> = new Set(Object.values(irregular).flat(2));

/** What happened in Spanish and Portuguese: `pedido.creado`, `pagamento.aprovado`, `orden-cancelada`; a `pedido` is an order. */
const romance =
  /^(?:acept|aceit|activ|actualiz|adicion|agend|anul|aprob|aprov|asign|ativ|atualiz|autoriz|cancel|cobr|complet|confirm|cre|cri|desactiv|desativ|despach|elimin|emit|entreg|envi|estorn|exclu|expedi?|expir|factur|fall|fatur|finaliz|gener|inici|liber|modific|pag|proces|process|public|receb|rechaz|recib|recus|reembols|registr|rejeit|remov|reserv|solicit|valid|vend)[ai]d[oa]s?$/;

/** Whether a word is the past participle of a verb: `placed`, `sent`, `resent`, `set`. */
export function isParticiple(word: string): boolean {
  if (notParticiples.has(word)) return false;
  if (/[a-z]{2}ed$/.test(word) || romance.test(word)) return true;
  return participles.has(word) || participles.has(word.replace(prefixesOfVerbs, ''));
}

const particles = new Set(
  'in out up down by to from for with on off at as of into over back again away through via partially fully successfully'.split(
    ' ',
  ),
);

/** At the end of a name they lead to what is not said: `approvedBy`, `TriggeredVia` are parts of something. */
const leading = new Set('by via from for with of as at into'.split(' '));

/** In front of a name they make a question of it, or describe the participle behind. */
const asking = new Set('is has was are were had can should does if when'.split(' '));
const describing = /^(?:well|best|most|least|newly|recently|previously|currently|self)$/;

/**
 * Whether a name states a fact: a noun, then a past participle (`OrderPlaced`, `order.placed.v1`, `FileUploadedByUser`).
 * A participle in front (`GotOptions`, `WellKnown`) or before a noun (`ExtendedOptions`) describes a thing, and `isArchived` asks.
 */
export const statesFact = remembered((name): boolean => {
  const [first = '', ...others] = eventKey(name).split(' ');
  if (asking.has(first)) return false;
  const words = describing.test(first) ? others : [first, ...others];
  return words.some((word, index) => {
    const next = words[index + 1];
    if (index === 0 || !isParticiple(word)) return false;
    const leadsNowhere = index + 2 === words.length && leading.has(next ?? '');
    return next === undefined || (particles.has(next) && !leadsNowhere);
  });
});

/** Whom a topic is meant for, by what they deal with or as a service. */
const addressee = /^(?:[a-z]{3,}s|[a-z][a-z\d_-]*[-_](?:service|svc|app))$/;
/** Behind a fact these say what is to be done, or what became of it. */
const notAddressee =
  /^(?:retries|jobs|tasks|commands|requests|responses|replies|results|errors|failures|queues|topics|logs|metrics|stats|details|status|process|progress|success|address|access|dlqs)$/;

/** `shop.order.delivered.mails`: the fact, without whom the topic is meant for; any other name as it stands. */
export const factIn = remembered((name): string => {
  if (statesFact(name)) return name;
  const last = /(?<=[.:/][^.:/]+[.:/])[^.:/]+$/.exec(name)?.[0] ?? '';
  if (!addressee.test(last) || notAddressee.test(last)) return name;
  const fact = name.slice(0, -last.length - 1);
  return statesFact(fact) ? fact : name;
});

/** Participles that are nouns as well: an `IntegrationRun`, a `ChangeSet`. */
const nounLike = new Set('run set cut put read hit split cast shot spin lead bit'.split(' '));

/** Whether the name of a type states a fact: a noun at its end is a thing, unless it is called an event. */
export function typeStatesFact(name: string): boolean {
  const isThing = nounLike.has(eventKey(name).split(' ').at(-1) ?? '') && !/Event(?:V\d+)?$/.test(name);
  return !isThing && statesFact(name);
}

const verbForms = mergeVerbsData(irregular, gerunds);

/** The past participle of a verb's base form: `place` gives `placed`, `pay` gives `paid`. */
export function pastOf(verb: string): string {
  return getConjugation(verbForms, verb, 'PERFECT_PRESENT', 2, {}).split(' ').at(-1) ?? verb;
}

/** Base forms by past form or participle: `paid` → `pay`. */
const bases: ReadonlyMap<string, string> = new Map(
  Object.entries(irregular).flatMap(([base, forms]) =>
    forms.flat().map((it): [string, string] => [it, base]),
  ),
);

/** What the forms of one word share, for comparing only: `reserved`, `reservation` and `reserve` give `reserv`. */
export const stemOf = remembered((word): string => {
  const lower = word.toLowerCase().replace(/is(?=(?:e|es|ed|ing|ations?)$)/, 'iz');
  let stem = bases.get(lower) ?? lower;
  for (let before = ''; before !== stem;) {
    before = stem;
    const cut = stem.replace(/(?:ations?|ated?|ments?|ings?|ions?|ies|al|ed|es|s|e|y)$/, '');
    if (cut.length >= 3) stem = cut.replace(/([^aeiou])\1$/, '$1');
  }
  return stem;
});
