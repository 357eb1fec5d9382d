// Words by which code says that it is a saga, a step, or what takes a step back. Extraction and model read them alike.

/** What is done with a workflow: `runWorkflow` deals with one and is none. */
const dealing = [
  'run', 're', 'un', 'start', 'stop', 'execute', 'invoke', 'trigger', 'launch', 'handle', 'process', 'perform', 'call', 'test', 'use',
  'create', 'make', 'build', 'init', 'generate', 'new', 'add', 'update', 'edit', 'patch', 'set', 'save', 'store', 'upsert', 'put',
  'delete', 'remove', 'archive', 'restore', 'get', 'find', 'load', 'fetch', 'read', 'list', 'show', 'render', 'open', 'copy', 'clone',
  'duplicate', 'import', 'export', 'share', 'publish', 'deploy', 'install', 'validate', 'check', 'parse', 'convert', 'sync', 'migrate',
  'schedule', 'register', 'cancel', 'abort', 'pause', 'resume', 'retry', 'complete', 'finish', 'end', 'fail', 'is', 'has', 'on',
]; // prettier-ignore

/**
 * Words for what runs a saga, in names of classes, functions and files. A workflow counts only where the name ends with it
 * (`placeOrderWorkflow`): in products that offer workflows, `WorkflowService` and `updateWorkflowVariables` deal with rows.
 */
export const sagaName = new RegExp(
  'saga|orchestrat|process_?manager|coordinator|' +
    `(?<=[\\w.-])(?<!\\b(?:(?:${dealing.join('|')})[-_.]?){1,3})workflow(?=\\s|$|\\.[cm]?tsx?)`,
  'i',
);

/** Keys and methods that hold what a step does, the most telling first. */
export const doingKeys = [
  'execute', 'invoke', 'action', 'run', 'do', 'forward', 'perform', 'handler', 'handle', 'transaction', 'call', 'process', 'fn',
  'apply', 'exec', 'command', 'task',
]; // prettier-ignore

/** Keys and methods that hold what takes a step back, and nothing else. */
export const surelyUndoingKeys = [
  'compensate', 'compensation', 'rollback', 'undo', 'compensateFn', 'onRollback', 'onCompensate', 'withCompensation',
  'compensationAction', 'compensatingAction', 'rollbackFn', 'unapply',
]; // prettier-ignore

/** Those and the ones that say it only in a saga: a task can be cancelled too. */
export const undoingKeys = [
  ...surelyUndoingKeys,
  'revert',
  'cancel',
  'backward',
  'onFailure',
  'onFail',
  'reverse',
];

/** Names of methods that take a step back, with what they undo (`rollbackOrder`) and however they are spelled (`withCompenstation`). */
export const undoingMethod = /^(?:with|on|do|run|_)?(?:com+pen|roll_?back|undo)/i;

/** The same where no saga is in sight: the whole name says it, its first word, or what is set behind the name of the step. */
export const undoingCall =
  /^(?:(?:with)?[cC]om+pen\w*|undo\w*|roll_?[bB]ack\w*|revert|unapply|\w+_(?:rollback|compensate|undo))$/;

/** Packages of engines that keep a saga's progress and take it up again after a crash. */
export const durableEngines =
  /^(?:@temporalio\/|@medusajs\/|inngest|@restatedev\/|durable-functions|@aws\/durable-execution|@aws-sdk\/client-sfn|dbos|@dbos-inc\/|@node-ts\/bus)/;

/** Verbs that take hold of something that is scarce or costs: a forgotten one hurts somebody. */
export const takingHold =
  /^(?:reserve|charge|book(?!mark)|authori[sz]e|debit|credit(?![-_]?(?:cards?|notes?|checks?|scores?|reports?|limits?)$)|deposit|capture|allocate|provision|redeem|transfer|withdraw|deduct|hold|rent|pay(?!load)|process_?payment|collect_?payment|create_?(?:shipment|booking|reservation|payment|charge|invoice|subscription|transfer|order|account)|place_?order|schedule_?(?:shipment|delivery|pickup)|arrange|ship(?!p)|assign_?(?:driver|courier|seat))/i;

/** What the path of a call says is done: its last part, but `stripe.charges.create` charges. Other things that are created hold nothing yet. */
export function saidDone(path: string): string {
  return /\bcharges\.create$/.test(path) ? 'charge' : (path.split('.').at(-1) ?? path);
}

/** A file with its folder: the folders above say nothing of one file. */
export function placeNameOf(file: string): string {
  return file.split('/').slice(-2).join('/');
}
