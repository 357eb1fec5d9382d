import type { Alerts } from './alerts.js';
import { Refused, type RemoteCall } from './http.js';
import type { Logger } from './logger.js';
import { retry } from './retry.js';
import type { SagaState, SagaStore } from './saga-store.js';

/** What a step hands to its remote calls; the key is the same on every attempt and after a restart. */
export type StepCall = RemoteCall;

interface AnyStep<Context> {
  readonly name: string;
  readonly timeoutMs: number;
  readonly execute: (context: Context, call: StepCall) => Promise<Context>;
}

/** Every step before the pivot can be undone; a compensation also accepts that there is nothing to undo. */
export type SagaStep<Context> =
  | (AnyStep<Context> & {
      readonly kind: 'compensatable';
      readonly compensate: (context: Context, call: StepCall) => Promise<void>;
    })
  | (AnyStep<Context> & { readonly kind: 'pivot' | 'retriable' });

const EXECUTE_RETRY = {
  attempts: 3,
  firstDelayMs: 200,
  isFinal: (error: unknown) => error instanceof Refused,
};
const COMPENSATE_RETRY = { attempts: 5, firstDelayMs: 500 };

/** Runs steps in order and undoes them in reverse; its state outlives the process. */
export abstract class Saga<Context> {
  protected abstract readonly steps: readonly SagaStep<Context>[];

  constructor(
    private readonly store: SagaStore<Context>,
    private readonly alerts: Alerts,
    protected readonly log: Logger,
  ) {}

  /** Starting the same id again gives the saga that is already there. */
  async start(id: string, correlationId: string, context: Context): Promise<SagaState<Context>> {
    const started = await this.store.create({
      id,
      correlationId,
      status: 'running',
      started: [],
      finished: [],
      context,
      reason: null,
    });
    if (started) return this.proceed(started);
    const earlier = await this.store.find(id);
    if (!earlier) throw new Error(`Saga ${id} has vanished`);
    return earlier;
  }

  /** Takes up what a crashed process left; to be called at regular intervals. */
  async resumeAbandoned(): Promise<void> {
    for (const saga of await this.store.claimAbandoned()) {
      try {
        this.log.warn({ sagaId: saga.id, status: saga.status }, 'saga resumed');
        await this.proceed(saga);
      } catch (error) {
        this.log.error({ sagaId: saga.id, error }, 'saga not resumed, it is tried again after its lease');
      }
    }
  }

  private async proceed(saga: SagaState<Context>): Promise<SagaState<Context>> {
    const reached = saga.status === 'running' ? await this.execute(saga) : saga;
    return reached.status === 'compensating' ? this.compensate(reached) : reached;
  }

  private async execute(saga: SagaState<Context>): Promise<SagaState<Context>> {
    let current = saga;
    for (const step of this.steps) {
      if (current.finished.includes(step.name)) continue;
      // Before it runs: a step that timed out may have taken effect all the same.
      current = await this.store.save({ ...current, started: including(current.started, step.name) });
      try {
        this.log.info({ sagaId: saga.id, step: step.name }, 'step started');
        const { context } = current;
        const next = await retry(() => step.execute(context, callOf(saga, step)), EXECUTE_RETRY);
        current = await this.store.save({
          ...current,
          context: next,
          finished: including(current.finished, step.name),
        });
        this.log.info({ sagaId: saga.id, step: step.name }, 'step finished');
      } catch (error) {
        this.log.error({ sagaId: saga.id, step: step.name, error }, 'step failed, compensating');
        return this.store.save({ ...current, status: 'compensating', reason: String(error) });
      }
    }
    return this.store.save({ ...current, status: 'completed' });
  }

  private async compensate(saga: SagaState<Context>): Promise<SagaState<Context>> {
    let current = saga;
    const failures: string[] = [];
    for (const step of this.steps.toReversed()) {
      if (step.kind !== 'compensatable' || !current.started.includes(step.name)) continue;
      try {
        this.log.info({ sagaId: saga.id, step: step.name }, 'compensation started');
        await retry(() => step.compensate(current.context, callOf(saga, step, 'undo')), COMPENSATE_RETRY);
        current = await this.store.save({ ...current, started: excluding(current.started, step.name) });
        this.log.info({ sagaId: saga.id, step: step.name }, 'compensation finished');
      } catch (error) {
        // The others must still run; this one goes to a human below.
        failures.push(step.name);
        this.log.error({ sagaId: saga.id, step: step.name, error }, 'compensation failed');
      }
    }
    if (failures.length === 0) return this.store.save({ ...current, status: 'compensated' });
    await this.alerts.page(`saga:${saga.id}`, `Saga ${saga.id} could not undo ${failures.join(', ')}`);
    return this.store.save({ ...current, status: 'stuck' });
  }
}

function callOf<Context>(saga: SagaState<Context>, step: AnyStep<Context>, suffix = 'do'): StepCall {
  return {
    idempotencyKey: `${saga.id}:${step.name}:${suffix}`,
    correlationId: saga.correlationId,
    signal: AbortSignal.timeout(step.timeoutMs),
  };
}

function including(names: readonly string[], name: string): readonly string[] {
  return names.includes(name) ? names : [...names, name];
}

function excluding(names: readonly string[], name: string): readonly string[] {
  return names.filter((other) => other !== name);
}
