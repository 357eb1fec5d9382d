// Whether one call undoes another, by what their names say: the verb takes back, the subject is the same.
import type { Expr } from '../facts/expressions.ts';
import { pathOf } from './effects.ts';
import { wordsOf } from './names.ts';

const undoing = new Set(
  (
    'cancel refund release undo revert rollback compensate compensation void delete remove restore reverse unreserve restock ' +
    'credit fail reject abort deallocate unbook return unlock unassign deprovision destroy withdraw reopen'
  ).split(' '),
);
const fillers = new Set(
  (
    'this service client gateway api repo repository handler manager provider port adapter step saga order by id for of the on to ' +
    'with all async call execute run process do perform create reserve charge book allocate debit ship place add save insert send ' +
    'publish emit if present exists prisma db tx em'
  ).split(' '),
);
/** Pairs that need no common subject: nothing else is taken back by these verbs. */
const pairs: readonly (readonly [RegExp, RegExp])[] = [
  [/charg|pay|captur|debit|authori|bill/i, /refund|void|credit|reverse.*(?:pay|charg)/i],
  [
    /reserv|hold|allocat|decrement|reduce|deduct/i,
    /releas|unreserv|restock|restore|increment|deallocat|free/i,
  ],
  [/book/i, /unbook|cancel.*book/i],
  [
    /create.*order|place.*order|order.*creat/i,
    /cancel.*order|reject.*order|fail.*order|order.*cancel|delete.*order/i,
  ],
  [/ship|dispatch|deliver/i, /cancel.*(?:ship|deliver)|recall|return/i],
  [/lock/i, /unlock/i],
];

/** Whether the path of a call says that it takes something back. */
export function isUndoing(path: string): boolean {
  return /roll_?back|compensat|unreserv/i.test(path) || wordsOf(path).some((it) => undoing.has(it));
}

/** Whether `undo` takes back what `action` did. Both are callees. */
export function undoes(undo: Expr, action: Expr): boolean {
  const [back, forth] = [pathOf(undo), pathOf(action)];
  if (!isUndoing(back) || isUndoing(forth)) return false;
  if (pairs.some(([does, undoesIt]) => does.test(forth) && undoesIt.test(back))) return true;
  const subjects = new Set(subjectsOf(forth));
  return subjectsOf(back).some((it) => subjects.has(it));
}

function subjectsOf(path: string): readonly string[] {
  const words = wordsOf(path).filter((it) => !fillers.has(it) && !undoing.has(it));
  return words.map((it) => it.replace(/s$/, ''));
}
