// Whether one call takes back another, by what their names say: the verb takes back, the subject is the same.
import { remembered } from '../../facts/once.ts';
import { wordsOf } from '../names/names.ts';

const undoing = new Set(
  (
    'cancel cancellation refund release undo revert rollback compensate compensation void delete remove restore ' +
    'reverse reversal unreserve restock credit fail reject abort deallocate unbook return unlock unassign deprovision destroy ' +
    'withdraw reopen free expire discard unapply reset cleanup'
  ).split(' '),
);
/** Verbs that take back nothing, whatever they are about. */
const speaking = new Set(
  (
    'start begin update get find list load fetch read count query search check validate verify is has should can calculate compute ' +
    'estimate log track format parse render build prepare watch poll wait'
  ).split(' '),
);
const fillers = new Set(
  (
    'this service client gateway api repo repository handler manager provider port adapter step saga by id for of the on to all async ' +
    'with call execute run process do perform create reserve charge book allocate debit ship place add save insert send publish emit ' +
    'if present exists prisma db tx em command topic pattern message queue event sent micro type new microservice authorize capture'
  ).split(' '),
);
/** Pairs that need no common subject: nothing else is taken back by these verbs. */
const pairs: readonly (readonly [RegExp, RegExp])[] = [
  [/charg|pay|captur|debit|authori|bill/i, /refund|void|credit|reverse.*(?:pay|charg)/i],
  [
    /reserv|hold|allocat|decrement|reduce|deduct/i,
    /releas|unreserv|restock|restore|increment|deallocat|free/i,
  ],
  [/redeem/i, /restor|unredeem|giveback|return/i],
  [/book/i, /unbook|cancel.*book/i],
  [
    /create.*order|place.*order|order.*(?:creat|place|save|insert)/i,
    /cancel.*order|reject.*order|fail.*order|order.*(?:cancel|fail|reject)|delete.*order/i,
  ],
  [/ship|dispatch|deliver/i, /cancel.*(?:ship|deliver)|recall|return/i],
  [/lock/i, /unlock/i],
];
const strongly = /roll_?back|compensat|unreserv|refund|undo(?![a-z])|revert|restock/i;
/** Transactions, connections, locks and timers are let go of too. */
const plumbing =
  /(?:client|pool|conn\w*|queryRunner|qr|trx|tx|transaction|manager|session|db|lock|mutex|reader|semaphore|timer|source|token|controller|knex|sequelize|runner|uow|unitOfWork)\.(?:release|rollback|roll_?back_?transaction|abort|abortTransaction|cancel|return|endSession|end|destroy|delete|unlock)$/i;

/** Whether the path of a call says that it takes something back. */
export const isUndoing: (path: string) => boolean = remembered((path) => {
  if (
    plumbing.test(path) ||
    /mail|notif/i.test(path) ||
    /rollbackTransaction|abortTransaction|rollbackSession/i.test(path)
  )
    return false;
  const [callee = '', ...events] = path.split(' ');
  const name = sayingOf(callee);
  if (strongly.test(name) || events.some((it) => strongly.test(it) || isUndoing(it))) return true;
  if (/^(?:handle|on)[A-Z]|credit_?card/i.test(name)) return false;
  const words = wordsOf(name);
  // `startCleanupRun`, `getReleaseNotes`: what is taken back is only spoken of.
  if (speaking.has(words[0] ?? '') && words[1] !== 'and') return false;
  return (
    words.some((it, index) => undoing.has(it) && !isAttribute(words, index)) ||
    /^(?:mark|set)\w*(?:failed|cancell?ed|rejected)/i.test(name)
  );
});

/** `processCreditUsageReport`: what stands between a verb and its object says which object, and does nothing. */
function isAttribute(words: readonly string[], index: number): boolean {
  const next = words[index + 1];
  return (
    words[index] === 'credit' && index > 0 && next !== undefined && !/^(?:to|for|on|back|by|and)$/.test(next)
  );
}

/** The name of the callee; of one that says no more than that something is made, what is made: `refunds.create`. */
function sayingOf(path: string): string {
  const parts = path.split('.');
  const name = parts.at(-1) ?? '';
  return /^(?:create|issue|make|process|execute|send)$/.test(name) ? parts.slice(-2).join('_') : name;
}

/** Whether a call can only mean that something is taken back, wherever it stands. */
export function isSurelyUndoing(path: string): boolean {
  return isUndoing(path) && strongly.test(sayingOf(path));
}

const giving =
  /refund|restock|unreserv|compensat|roll_?back|undo|(?:void|revers)\w*(?:pay|charg|transf|debit|authori)|releas\w*(?:stock|inventor|reserv|seat|room|hold|fund|pay)|(?:cancel|revok)\w*(?:reserv|pay|charg|ship|book|deliver|flight|hotel)/i;

const ofFailure = /fail|reject|declin|denied|cancel|expir|timed?_?out|insufficient|refus|abort/i;

/** Whether the name of an event tells that something failed, was refused or called off: who hears of it takes back what was done. */
export function tellsFailure(event: string): boolean {
  return ofFailure.test(event);
}

/** Whether a name says by itself that goods, money or a booking are given back, and no connection or file. */
export function givesBack(name: string): boolean {
  return isUndoing(name) && giving.test(name);
}

/** Whether `back` takes back what `forth` did. Both are paths of callees, or what names a command. */
export function undoes(back: string, forth: string): boolean {
  if (!isUndoing(back) || isSurelyUndoing(forth) || back === forth) return false;
  if (pairs.some(([does, undoesIt]) => does.test(forth) && undoesIt.test(back))) return true;
  return sharesSubject(back, forth);
}

/** Whether two paths speak of one thing: `putBowlAway`, `getBowl`. A receiver counts where the name is a mere verb. */
export function sharesSubject(one: string, other: string): boolean {
  const subjects = new Set(subjectsOf(other));
  return one.split(' ').some((it) => {
    const own = subjectsOf(it.split('.').at(-1) ?? '');
    return (own.length > 0 ? own : subjectsOf(it)).some((word) => subjects.has(word));
  });
}

/** Whether a path says what is taken back, not only that something is. */
export function namesSubject(path: string): boolean {
  return subjectsOf(path).some((it) => !/^compensat/.test(it));
}

const subjectsOf = remembered((path): readonly string[] => {
  const words = wordsOf(path).filter((it) => !fillers.has(it) && !undoing.has(it));
  return words.map((it) => it.replace(/s$/, ''));
});
