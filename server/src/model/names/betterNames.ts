// What an event would be called that says what happened: `OrderPlaced` for `PlaceOrder`, `user.logged_in` for `user.login`.
import { pastOf } from './names.ts';

/** Nouns and adjectives that stand for what happened, with the words that say it. */
const nouns: ReadonlyMap<string, string> = new Map(
  Object.entries({
    success: 'succeeded', succeed: 'succeeded', successful: 'succeeded', complete: 'completed', completion: 'completed', creation: 'created',
    cancellation: 'cancelled', cancelation: 'canceled', deletion: 'deleted', removal: 'removed', expiration: 'expired', expiry: 'expired',
    failure: 'failed', fail: 'failed', placement: 'placed', registration: 'registered', confirmation: 'confirmed', rejection: 'rejected',
    approval: 'approved', activation: 'activated', deactivation: 'deactivated', reservation: 'reserved', shipment: 'shipped', delivery: 'delivered',
    login: 'logged in', 'log in': 'logged in', signin: 'signed in', 'sign in': 'signed in', logout: 'logged out', 'log out': 'logged out',
    signout: 'signed out', 'sign out': 'signed out', signup: 'signed up', 'sign up': 'signed up',
    'rolling back': 'rollback started', 'rolling out': 'rollout started', 'shutting down': 'shutdown started', 'logging in': 'logged in',
    'logging out': 'logged out', 'signing in': 'signed in', 'signing up': 'signed up', 'signing out': 'signed out', 'checking out': 'checked out',
  }),
); // prettier-ignore

/** Verbs whose particle is written in one word with them. */
const phrasal: ReadonlyMap<string, string> = new Map(
  Object.entries({
    checkout: 'checked out',
    login: 'logged in',
    logout: 'logged out',
    rollback: 'rolled back',
  }),
);

/** A noun at the end of a name, and the words that would say what happened. */
export interface NounAtEnd {
  readonly noun: string;
  readonly past: readonly string[];
}

/** The noun in which the words of a name end, if it stands for what happened: of one word, or of two (`sign up`). */
export function nounAtEnd(words: readonly string[]): NounAtEnd | undefined {
  for (const count of [2, 1]) {
    const noun = words.slice(-count).join(' ');
    const past = words.length > count ? nouns.get(noun) : undefined;
    if (past !== undefined) return { noun, past: past.split(' ') };
  }
  return undefined;
}

/** The words that say that a verb was done: `placed`, `checked out`. */
export function pastWords(verb: string): readonly string[] {
  return (phrasal.get(verb) ?? pastOf(verb)).split(' ');
}

/** `PlaceOrder` for the words of it. */
export function capitalised(words: readonly string[]): string {
  return words.map((it) => `${it.charAt(0).toUpperCase()}${it.slice(1)}`).join('');
}

/** The topic with other words for what stands at its end: `order.checked_out` for `order.checkout`, `userSignedUp` for `userSignUp`. */
export function endingIn(topic: string, end: string, past: readonly string[]): string {
  const pattern = new RegExp(end.split(' ').join('[^A-Za-z\\d]?'), 'gi');
  const last = [...topic.matchAll(pattern)].at(-1);
  if (!last) return topic;
  const [found] = last;
  const at = last.index;
  const isCamel = !/[^A-Za-z\d]/.test(topic) || /[a-z][A-Z]/.test(topic.slice(Math.max(0, at - 1)));
  const spelled = isCamel ? capitalised(past) : past.join('_');
  const cased = found === found.toUpperCase() ? spelled.toUpperCase() : spelled;
  const isLower = isCamel && /^[a-z]/.test(found);
  const kept = isLower ? `${cased.charAt(0).toLowerCase()}${cased.slice(1)}` : cased;
  return `${topic.slice(0, at)}${kept}${topic.slice(at + found.length)}`;
}

/** The words spelled as a topic is that has them: `order_created` for `create_order`. */
export function spelledAs(topic: string, words: readonly string[]): string {
  const between = /[^A-Za-z\d]/.exec(topic)?.[0];
  if (between === undefined) {
    const joined = capitalised(words);
    return /^[a-z]/.test(topic) ? `${joined.charAt(0).toLowerCase()}${joined.slice(1)}` : joined;
  }
  const joined = words.join(between);
  return topic === topic.toUpperCase() ? joined.toUpperCase() : joined;
}
