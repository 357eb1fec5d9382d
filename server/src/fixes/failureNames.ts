// How the failure is called wherever the success is: type, tag, topic, enum member, each in the style found there.
import { eventKey } from '../model/names/names.ts';

/** Puts the failure's name for the success's wherever it stands in a text. */
export type Rename = (text: string) => string;

/** Turns names of the success (`PaymentProcessed`, `payment.processed`, `PAYMENT_PROCESSED`) into those of the failure. */
export function renaming(success: string, failure: string): Rename {
  const from = eventKey(success).split(' ');
  const to = eventKey(failure).split(' ');
  const pattern = new RegExp(from.join('[^A-Za-z\\d]?'), 'gi');
  return (text) => text.replace(pattern, (found) => styled(to, found));
}

/** Joins words as the sample is written. */
export function styled(words: readonly string[], sample: string): string {
  const isUpper = sample === sample.toUpperCase();
  const separator = /[^A-Za-z\d]/.exec(sample)?.[0] ?? (isUpper ? '_' : undefined);
  const [first = '', ...others] = words;
  const isCapital = /^[A-Z]/.test(sample);
  if (separator === undefined)
    return (isCapital ? capitalised(first) : first) + others.map(capitalised).join('');
  const cased = words.map((it) => (isUpper ? it.toUpperCase() : isCapital ? capitalised(it) : it));
  return cased.join(separator);
}

function capitalised(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
