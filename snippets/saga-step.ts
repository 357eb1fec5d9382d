// snippet: saga-step
// description: A saga step with its compensation, for the steps of a `saga`
// after: saga
// placeholder 1: create-shipment
// placeholder 2: shipments
// placeholder 3: create
// placeholder 4: cancel
import type { OrderSagaStep } from './saga.ts';

interface Shipments {
  create(shipment: { idempotencyKey: string }, limits: { signal: AbortSignal }): Promise<void>;
  cancel(shipment: { idempotencyKey: string; undo: string }, limits: { signal: AbortSignal }): Promise<void>;
}

/** The step in a list, so that it compiles here. */
export const shipmentSteps = (shipments: Shipments): readonly OrderSagaStep[] => [
  // region body
  {
    name: 'create-shipment',
    async run({ input, key, signal }) {
      await shipments.create({ ...input, idempotencyKey: key }, { signal });
    },
    // Undoes what was done under `runKey`. "Nothing to undo" is success, and a late run must be refused.
    async compensate({ key, runKey, signal }) {
      await shipments.cancel({ idempotencyKey: key, undo: runKey }, { signal });
    },
  },
  // endregion body
];
