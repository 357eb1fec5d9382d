// Steps that can fail, by what the names of their events say, and whether another name announces the failure of one.
import { once } from '../../facts/once.ts';
import { table } from '../../table.ts';
import { eventKey, factIn, isParticiple, stemOf, wordsOf } from '../names/names.ts';

/** The words that decide; a rule gives them as options. */
export interface FailureWords {
  /** Nouns of steps that can fail: `payment`. */
  readonly steps: readonly string[];
  /** Participles that only a step which can fail ends with, whatever its subject: `shipped`. */
  readonly actions: readonly string[];
  /** What names of failures say: `failed`, `out of stock`. */
  readonly failures: readonly string[];
}

/** A step whose success an event announces. */
export interface Step {
  /** What it is about: `order` of `OrderShipped`. */
  readonly subject: readonly string[];
  /** What was done: `shipped`. */
  readonly action: string;
  /** It takes back another step, so that the failure of that one is not its own. */
  readonly isUndoing: boolean;
}

/** Ends of names that say only that a step succeeded: the noun before them tells which. */
const successes = new Set(
  (
    'processed completed complete succeeded succeed success successful done finished finalized finalised executed confirmed approved accepted ' +
    'authorized authorised captured settled cleared collected secured arranged allocated reserved registered created made taken sent dispatched deducted decremented debited booked'
  ).split(' '),
);
/** Of these the ones that do not say what was done: `PaymentProcessed`, but `SeatReserved`. */
const vague = new Set(
  (
    'processed completed complete succeeded succeed success successful done finished finalized finalised executed confirmed approved ' +
    'accepted cleared collected secured arranged created made taken'
  ).split(' '),
);
/** People create and confirm these; only a flow that goes on by itself can fail with them. */
const stated = new Set(
  'inventory stock allocation reservation booking transfer payout hotel flight car room seat'.split(' '),
);
const stating = new Set(
  'created made sent approved accepted taken confirmed completed done finished registered'.split(' '),
);
/** People ask for these, but that they are completed no one but the flow can say. */
const moved = new Set(['withdrawal', 'deposit']);
const ended = new Set(['completed', 'done', 'finished']);
/** A chat's message is delivered or it is not yet. */
const unheard = new Set(['message', 'messages']);
const passing = new Set(
  (
    'started initiated requested queued scheduled received updated changed sent notified logged recorded tracked viewed retried ' +
    'attempted triggered enqueued begun opened submitted placed'
  ).split(' '),
);
const undoing =
  /^(?:refund|releas|revers|compens|compensat|restor|restock|unreserv|void|rollback|cancel|cancell|undo)/;
const adverbs = new Set(
  'successfully fully partially successful out up was were has have been is'.split(' '),
);
const fillers = new Set(
  'event events topic queue message micro service saga transaction in on the of for to'.split(' '),
);
/** Names of one thing: whoever hears of a declined card knows that the payment failed. */
const synonyms = [
  'payment charge card billing invoice capture transaction deposit',
  'withdrawal payout transfer transaction',
  'inventory stock reservation allocation item product',
  'shipment shipping delivery dispatch parcel package fulfillment fulfilment courier carrier',
].map((it) => new Set(it.split(' ').map(stemOf)));

/** The step that an event announces as done, or undefined where the name says no such thing. */
export function stepOf(name: string): Step | undefined {
  const words = eventKey(factIn(name)).split(' ');
  while (words.length > 2 && adverbs.has(words.at(-1) ?? '')) words.pop();
  const action = words.at(-1) ?? '';
  if (words.length < 2 || !(isParticiple(action) || successes.has(action))) return undefined;
  const subject = words.slice(0, -1).filter((it) => !adverbs.has(it));
  return { subject, action, isUndoing: undoing.test(action) };
}

/**
 * Whether such a step can fail without anybody in front of it. `stated` stands for a noun and action that people state as often as
 * a flow does (`ReservationCreated`): then it matters who publishes it.
 */
export function canFail(
  { subject, action }: Step,
  { steps, actions }: FailureWords,
): 'yes' | 'stated' | 'no' {
  const head = subject.at(-1) ?? '';
  if (actions.includes(action)) return unheard.has(head) ? 'no' : 'yes';
  if (isMoneyIn(head, action)) return isAmong(steps, head) ? 'yes' : 'no';
  if (!successes.has(action) || !isAmong(steps, head)) return 'no';
  const isStated = stated.has(head) || (moved.has(head) && !ended.has(action));
  return isStated && stating.has(action) ? 'stated' : 'yes';
}

/** `PaymentReceived` is the end of a payment; of an order it is the start. */
function isMoneyIn(head: string, action: string): boolean {
  return action === 'received' && /^payments?$/.test(head);
}

/** `shipments` is the step `shipment`; a ship or a book is a thing, though one ships and books. */
function isAmong(steps: readonly string[], head: string): boolean {
  const stem = stemOf(head);
  return stemsOf(steps).some((it, index) => it === stem && head.length + 3 > (steps[index] ?? '').length);
}

const stemsOf = once((steps: readonly string[]) => steps.map(stemOf));

/** Whether an action ends a step: one that only began, was noted or was told to somebody has no outcome to wait for. */
export function isOutcome({ subject, action }: Step): boolean {
  return !passing.has(action) || isMoneyIn(subject.at(-1) ?? '', action);
}

/** Of other verbs the prefix tells of somebody's will: `unsubscribed`, `unlocked`. */
const undone =
  /^un(?:reserved|allocated|paid|charged|booked|shipped|delivered|fulfilled|authorized|confirmed)$/;

/** Whether a name says that something failed. */
export function saysFailure(name: string, words: FailureWords): boolean {
  const known = failing(words);
  const before = known.get(name);
  if (before !== undefined) return before;
  const text = ` ${wordsOf(name).join(' ')} `;
  // `stock.unreserved`: what a step should have done is not done, or is no more.
  const isUndone = wordsOf(name).some((it) => undone.test(it));
  const isFailing = isUndone || words.failures.some((it) => text.includes(` ${it} `));
  known.set(name, isFailing);
  return isFailing;
}

/** Which names say so: each is asked again at every edit. */
const failing = once((_: FailureWords) => new Map<string, boolean>());

/** Whether a name announces that the step failed: it says so, of the same subject or deed. */
export function isFailureOf(step: Step, name: string, words: FailureWords): boolean {
  const known = subjects(words);
  if (!known.has(name)) known.set(name, aboutWhat(name, words));
  const rest = known.get(name);
  if (!rest) return false;
  const deed = vague.has(step.action) ? [] : [stemOf(step.action)];
  if (step.isUndoing) return rest.some((it) => deed.includes(it) || sharesGroup(it, deed));
  // `refund.failed` tells nothing of `payment.completed`, but of `refund.completed`.
  const isOfUndoing = step.subject.some((it) => undoing.test(it));
  if (!isOfUndoing && rest.some((it) => undoing.test(it))) return false;
  const head = step.subject
    .filter((it) => !fillers.has(it))
    .slice(-1)
    .map(stemOf);
  return rest.some((it) => [...head, ...deed].includes(it) || sharesGroup(it, [...head, ...deed]));
}

/** Looks for failures among names: those that announce that a step failed. */
export function failureFinder(
  names: readonly string[],
  words: FailureWords,
): (step: Step) => Iterable<string> {
  const byStem = new Map<string, string[]>();
  for (const name of names) {
    for (const stem of new Set(aboutWhat(name, words))) {
      const known = byStem.get(stem);
      if (known) known.push(name);
      else byStem.set(stem, [name]);
    }
  }
  return function* (step) {
    const said = [...step.subject, step.action].map(stemOf);
    for (const stem of new Set([...said, ...said.flatMap(synonymsOf)]))
      for (const it of byStem.get(stem) ?? []) if (isFailureOf(step, it, words)) yield it;
  };
}

function synonymsOf(stem: string): readonly string[] {
  return synonyms.flatMap((group) => (group.has(stem) ? [...group] : []));
}

/** The name of the failure event that fits beside the event of a step: `OrderShipped` → `OrderShipmentFailed`. */
export function failureNameOf(name: string, words: FailureWords): string {
  const separator = /[^A-Za-z\d]/.exec(name)?.[0];
  if (separator !== undefined) return failureTopicOf(factIn(name), separator, words);
  const suffix = /(?:Integration|Domain)?Event(?:V\d+)?$/.exec(name)?.[0] ?? '';
  const bare = name.slice(0, name.length - suffix.length);
  const parts = bare.match(/[A-Z]?[a-z\d]+|[A-Z]+(?![a-z])/g) ?? [bare];
  return `${failureOf(parts, words).join('')}${suffix}`;
}

/** `payment.completed` → `payment.failed`. */
function failureTopicOf(name: string, separator: string, words: FailureWords): string {
  const isUpper = name === name.toUpperCase();
  const topic = failureOf(wordsOf(eventKey(name)).map(capitalised), words)
    .flatMap((it) => wordsOf(it))
    .join(separator);
  return isUpper ? topic.toUpperCase() : topic;
}

/** The words of the step's subject, of what was done to it, and that it failed. */
function failureOf(parts: readonly string[], { failures }: FailureWords): readonly string[] {
  const noun = deedNoun((parts.at(-1) ?? '').toLowerCase(), parts.at(-2) ?? '');
  return [...parts.slice(0, -1), noun, capitalised(failures[0] ?? 'failed')];
}

/** `timed out` → `TimedOut`. */
function capitalised(words: string): string {
  return words.replace(/(?:^| )([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

const nouns: Readonly<Record<string, string>> = table({
  reserved: 'Reservation', shipped: 'Shipment', delivered: 'Delivery', paid: 'Payment', charged: 'Charge', refunded: 'Refund',
  booked: 'Booking', provisioned: 'Provisioning', deducted: 'Deduction', debited: 'Debit', captured: 'Capture',
  authorized: 'Authorization', authorised: 'Authorisation', allocated: 'Allocation', settled: 'Settlement', released: 'Release',
  reversed: 'Reversal', dispatched: 'Dispatch', fulfilled: 'Fulfillment', created: 'Creation', confirmed: 'Confirmation',
  approved: 'Approval', transferred: 'Transfer',
}); // prettier-ignore

/** `PaymentProcessed` needs no noun for its deed, nor does `ChargeCharged`. */
function deedNoun(action: string, before: string): string {
  const noun = nouns[action] ?? '';
  return stemOf(noun) === stemOf(before) || (action === 'created' && before === 'Payment') ? '' : noun;
}

/** What names are about: each is asked for every event. */
const subjects = once((_: FailureWords) => new Map<string, readonly string[] | undefined>());

/** The stems of what a failure's name is about, or undefined for a name that says nothing of failing. */
function aboutWhat(name: string, { failures }: FailureWords): readonly string[] | undefined {
  const text = ` ${wordsOf(name).join(' ')} `;
  const said = failures.filter((it) => text.includes(` ${it} `));
  if (said.length === 0) return undefined;
  const rest = said.reduce((left, it) => left.replaceAll(` ${it} `, '  '), text);
  const extra = said.includes('out of stock') ? ['stock'] : [];
  return [...rest.split(' '), ...extra].filter((it) => it !== '' && !fillers.has(it)).map(stemOf);
}

function sharesGroup(stem: string, others: readonly string[]): boolean {
  return synonyms.some((group) => group.has(stem) && others.some((it) => group.has(it)));
}
