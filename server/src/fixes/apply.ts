// Turns the plan of a fix into edits, with the texts at hand. A plan whose place is not there any more gives none.
import { impossible } from '../impossible.ts';
import type { FileEdit, FilePath } from '../text.ts';
import { acknowledgeLast } from './acknowledgeLast.ts';
import { addCompensation } from './addCompensation.ts';
import { addFailureEvent } from './addFailureEvent.ts';
import { addFields } from './addFields.ts';
import { awaitCall } from './awaitCall.ts';
import { awaitEach } from './awaitEach.ts';
import { catchInside } from './catchInside.ts';
import { createBase } from './createBase.ts';
import { escalateFailure } from './escalateFailure.ts';
import { extendBase } from './extendBase.ts';
import { guardHandler } from './guardHandler.ts';
import { handOn } from './handOn.ts';
import { limitCall } from './limitCall.ts';
import { withMakers } from './makers.ts';
import type { FixPlan } from './plan.ts';
import { rename } from './rename.ts';
import { rethrow } from './rethrow.ts';
import { retryActivity } from './retryActivity.ts';
import { reverseList } from './reverseList.ts';
import { reverseStatements } from './reverseStatements.ts';

type Read = (file: FilePath) => string | undefined;
type PlanOf<Kind extends FixPlan['kind']> = Extract<FixPlan, { readonly kind: Kind }>;

/** The edits of every file that a fix touches; `read` gives the text as the findings saw it. */
export function applyFix(plan: FixPlan, read: Read): readonly FileEdit[] {
  switch (plan.kind) {
    case 'add-fields':
    case 'extend-base':
    case 'create-base':
      return withMakers(addMetadata(plan, read), plan, read);
    case 'add-failure-event':
      return addFailureEvent(plan, read);
    case 'guard-handler':
      return guardHandler(plan, read);
    case 'add-compensation':
      return addCompensation(plan, read);
    case 'hand-on':
      return handOn(plan, read);
    case 'limit-call':
      return limitCall(plan, read);
    case 'escalate-failure':
      return escalateFailure(plan, read);
    case 'rename':
      return rename(plan, read);
    case 'insert-text':
      return [{ file: plan.file, edits: [{ at: plan.at, text: plan.text }] }];
    default:
      return changeCalls(plan, read);
  }
}

function addMetadata(
  plan: PlanOf<'add-fields' | 'extend-base' | 'create-base'>,
  read: Read,
): ReturnType<typeof addFields> {
  switch (plan.kind) {
    case 'add-fields':
      return addFields(plan, read);
    case 'extend-base':
      return extendBase(plan, read);
    case 'create-base':
      return createBase(plan, read);
    default:
      return impossible(plan);
  }
}

type CallPlan = PlanOf<
  | 'await-call'
  | 'await-each'
  | 'reverse-list'
  | 'reverse-statements'
  | 'rethrow'
  | 'acknowledge-last'
  | 'catch-inside'
  | 'retry-activity'
>;

/** Fixes of what is awaited, caught, tried again and run in which order, all in one file. */
function changeCalls(plan: CallPlan, read: Read): readonly FileEdit[] {
  switch (plan.kind) {
    case 'await-call':
      return awaitCall(plan, read);
    case 'await-each':
      return awaitEach(plan, read);
    case 'reverse-list':
      return reverseList(plan, read);
    case 'reverse-statements':
      return reverseStatements(plan, read);
    case 'rethrow':
      return rethrow(plan, read);
    case 'acknowledge-last':
      return acknowledgeLast(plan, read);
    case 'catch-inside':
      return catchInside(plan, read);
    case 'retry-activity':
      return retryActivity(plan, read);
    default:
      return impossible(plan);
  }
}
