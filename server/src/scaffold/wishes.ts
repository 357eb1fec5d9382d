// What a user wants of a new saga, read from words. A wish that can't be fulfilled is told in one sentence.

export const stores = ['sqlite', 'postgres'] as const;
export const brokers = ['none', 'kafkajs', 'amqplib', 'bullmq', 'sqs'] as const;

export type Store = (typeof stores)[number];
export type Broker = (typeof brokers)[number];

/** A step by the names of its calls; `undo: null` marks what can't be undone. */
export interface StepWish {
  readonly run: string;
  readonly undo: string | null;
}

/** All that the generator must know. `extension` is what the workspace writes at the end of its imports. */
export interface SagaWishes {
  readonly name: string;
  readonly steps: readonly StepWish[];
  readonly store: Store;
  readonly broker: Broker;
  readonly extension: '' | '.js' | '.ts';
}

/** The same as the user typed it. */
export interface TypedWishes {
  readonly name: string;
  readonly steps: string;
  readonly store: string;
  readonly broker: string;
}

/** What is offered where nothing was typed. */
export const usualSteps = 'reserve-stock:release-stock,charge-card:refund-card,confirm-order';

/** Reads the words; gives a sentence where they can't be understood. */
export function readWishes(typed: TypedWishes): Omit<SagaWishes, 'extension'> | string {
  const name = pascal(typed.name).replace(/Saga$/, '');
  if (typed.name.trim() === '') return 'A saga needs a name, such as `Order`.';
  if (name === '')
    return `\`${typed.name}\` is no name for a saga: it needs letters, and does not begin with a digit, such as \`Order\`.`;
  const store = stores.find((it) => it === typed.store);
  if (store === undefined) return `There is no store \`${typed.store}\`: take ${stores.join(' or ')}.`;
  const broker = brokers.find((it) => it === typed.broker);
  if (broker === undefined) return `There is no broker \`${typed.broker}\`: take ${brokers.join(', ')}.`;
  const steps = readSteps(typed.steps);
  return typeof steps === 'string' ? steps : { name, steps, store, broker };
}

/** Reads `reserve-stock:release-stock,confirm-order`; gives a sentence where that is no list of steps. */
export function readSteps(text: string): readonly StepWish[] | string {
  const parts = text.split(',');
  if (parts.some((it) => it.trim() === '' || it.split(':').length > 2))
    return `Name the steps like this: ${usualSteps}.`;
  const steps = parts.map(readStep);
  const isUnnamed = steps.some(({ run, undo }) => run === '' || undo === '');
  if (steps.length === 0 || isUnnamed) return `Name the steps like this: ${usualSteps}.`;
  const names = steps.flatMap(({ run, undo }) => (undo === null ? [run] : [run, undo]));
  const repeated = names.find((it, index) => names.indexOf(it) < index);
  if (repeated !== undefined) return `\`${repeated}\` is named twice.`;
  const inherited = names.find((it) => it in Object.prototype);
  if (inherited !== undefined)
    return `Every object has a \`${inherited}\` already: give the step another name.`;
  const pivot = steps.findIndex(({ undo }) => undo === null);
  const late = steps.slice(pivot + 1).find(({ undo }) => pivot >= 0 && undo !== null);
  if (late === undefined) return steps;
  return `\`${late.run}\` comes after \`${steps[pivot]?.run}\`, which can't be undone, so it never is: put it before, or leave out \`${late.undo}\`.`;
}

function readStep(text: string): StepWish {
  const [run = '', undo] = text.split(':').map(camel);
  return { run, undo: undo ?? null };
}

/** `order-payment` and `orderPayment` become `OrderPayment`. */
export function pascal(text: string): string {
  const words = text.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+/g) ?? [];
  const joined = words.map((it) => it.charAt(0).toUpperCase() + it.slice(1).toLowerCase()).join('');
  return /^\d/.test(joined) ? '' : joined;
}

/** The same with a small letter in front. */
export function camel(text: string): string {
  const name = pascal(text);
  return name.charAt(0).toLowerCase() + name.slice(1);
}

/** `OrderPayment` becomes `order-payment`. */
export function kebab(text: string): string {
  return text.replace(/(?<!^)[A-Z]/g, '-$&').toLowerCase();
}
