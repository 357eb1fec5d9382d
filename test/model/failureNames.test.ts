// The name that a failure event gets beside the event of its step, whatever that is called.
import { assert, constantFrom, array, oneof, property, string } from 'fast-check';
import { expect, it } from 'vitest';
import { failureNameOf, type FailureWords } from '../../server/src/model/failures/fallible.ts';
import { failureWords } from '../../server/src/model/sagas/replies.ts';

const words: FailureWords = failureWords;

it.each([
  ['OrderShipped', 'OrderShipmentFailed'],
  ['payment.completed', 'payment.failed'],
  ['label.2fold.printed', 'label.2fold.failed'],
])('names the failure of %s', (name, failure) => {
  expect(failureNameOf(name, words)).toBe(failure);
});

it('names the failure of whatever is published', () => {
  const piece = oneof(
    string({ unit: 'binary', maxLength: 8 }),
    constantFrom('.', '-', 'order', 'Placed', '2', 'ß', '例'),
  );
  assert(
    property(array(piece, { maxLength: 6 }), (pieces) => {
      expect(typeof failureNameOf(pieces.join(''), words)).toBe('string');
    }),
    { numRuns: 2_000 },
  );
});
