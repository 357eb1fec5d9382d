// Which topics announce what happened, where no declared type says that it is an event.
import { eventKey, factIn, statesFact, wordsOf } from './names.ts';

/**
 * A topic like `inventory.reserve` carries a command, which is a message but no event.
 * One word (`timeout`, `completed`) does not say what it happened to: so emitters tell of their own state.
 */
export function announces(name: string): boolean {
  if (wordsOf(name).length < 2) return false;
  if (statesFact(factIn(name)) || /succe(?:ss|ed)|fail|complet|timeout|(?:creation|deletion)$/i.test(name))
    return true;
  const [first = '', ...others] = eventKey(name).split(' ');
  return !asking.test(first) && standing.test(others.at(-1) ?? '');
}

/** `credit.check.result`. */
export function isResult(name: string): boolean {
  const [first = '', ...others] = eventKey(name).split(' ');
  return !asking.test(first) && /^(?:results?|outcome)$/.test(others.at(-1) ?? '');
}

/** How something stands from now on: `tenant.database.ready`, `subscription.active`. */
const standing = /^(?:ready|(?:in)?active|(?:un)?available|done|online|offline)$/;
/** In front of such a word they ask for it, or whether it is so. */
const asking = /^(?:set|make|mark|is|are|get|list|find|fetch|check|count|wait|await)$/;

/**
 * Whether a topic is a record of what happens to the things that it is called after: `order-events`, `orders:stream`. `orders` alone
 * says so on a log, which many read; in a queue it may be what somebody is to do.
 */
export function isOfFacts(name: string, isIn: (libraries: RegExp) => boolean): boolean {
  const words = wordsOf(name).filter((it) => !/^v?\d+$/.test(it));
  const things = words.filter((it) => !records.test(it));
  if (things.length === 0 || things.some((it) => otherwise.test(it))) return false;
  if (things.length < words.length) return true;
  return words.length === 1 && /[a-z]{3}[^su]s$/.test(words[0] ?? '') && isIn(logs);
}

const records = /^(?:events?|streams?|feed)$/;
const logs = /^kafkajs$/;
/** What is asked for, answered, put aside or noted for people: no facts of a domain. */
const otherwise =
  /^(?:saga|sagas|commands?|cmd|requests?|reply|replies|responses?|results?|quer(?:y|ies)|jobs?|tasks?|work|actions?|retry|retries|dead|letters?|dlq|parking|tests?|demo|messages?|msgs?|chats?|notifications?|notify|alerts?|e?mails?|sms|push|logs?|logging|metrics?|traces?|audits?|analytics|tracking|telemetry|heartbeats?|health|webhooks?|default|topics?|queues?|data|items?|updates?|changes|sockets?|ws|sse)$/;
