// snippet: saga
// description: Saga orchestrator as a list of steps: stored state, compensation in reverse, retries, time limits, lease, alert
// placeholder 1: Order
// placeholder 2: reserveStock
// placeholder 3: releaseStock
// placeholder 4: chargeCard
// placeholder 5: refundCard
// choice 6: 10_000 | 1_000 | 30_000
// choice 7: attempts: 5 | attempts: 3 | attempts: 10
// region body
import { setTimeout as sleep } from 'node:timers/promises';

/** What the saga works on. It is stored as JSON when the saga starts. */
export interface OrderSagaInput {
  readonly orderId: string;
  readonly amountInCents: number;
}

/** The called service acts once per `key`, repeats its first answer, and refuses a run that comes after its undoing. */
export interface OrderSagaCall {
  readonly input: OrderSagaInput;
  readonly key: string;
  /** The key of the run; a compensation undoes what was done under it. "Nothing to undo" is success. */
  readonly runKey: string;
  /** Grows with each worker that takes over: a service may refuse a lower one. */
  readonly fence: number;
  readonly correlationId: string;
  readonly signal: AbortSignal;
}

/**
 * One step. `compensate: null` marks the pivot: after it the saga can only go forward. The name is part of
 * the keys and of the stored state: do not rename a step while sagas are under way.
 */
export interface OrderSagaStep {
  readonly name: string;
  readonly run: (call: OrderSagaCall) => Promise<void>;
  readonly compensate: ((call: OrderSagaCall) => Promise<void>) | null;
}

/** The remote calls of the saga. Throw OrderSagaRejection where a retry can't help. */
export interface OrderSagaServices {
  reserveStock(call: OrderSagaCall): Promise<void>;
  releaseStock(call: OrderSagaCall): Promise<void>;
  chargeCard(call: OrderSagaCall): Promise<void>;
  refundCard(call: OrderSagaCall): Promise<void>;
  confirmOrder(call: OrderSagaCall): Promise<void>;
}

/** The steps, first to last. What can't be undone comes last. */
export function orderSagaSteps(services: OrderSagaServices): readonly OrderSagaStep[] {
  return [
    {
      name: 'reserve-stock',
      run: (call) => services.reserveStock(call),
      compensate: (call) => services.releaseStock(call),
    },
    {
      name: 'charge-card',
      run: (call) => services.chargeCard(call),
      compensate: (call) => services.refundCard(call),
    },
    {
      name: 'confirm-order',
      run: (call) => services.confirmOrder(call),
      compensate: null,
    },
  ];
}

/** Says no for good, such as a declined card: the saga compensates at once. */
export class OrderSagaRejection extends Error {
  override readonly name = 'OrderSagaRejection';
}

interface StepState {
  status: 'started' | 'done' | 'rejected' | 'undone' | 'stuck';
  attempts: number;
  error?: string;
}

/** The stored state of one saga. */
export interface OrderSaga {
  readonly id: string;
  readonly correlationId: string;
  readonly input: OrderSagaInput;
  readonly fence: number;
  status: 'running' | 'compensating' | 'completed' | 'compensated' | 'stuck';
  readonly steps: Record<string, StepState>;
}

/** Where sagas are kept. Only the worker with the newest fence may write. */
export interface OrderSagaStore {
  /** Does nothing if the saga is there already. */
  create(saga: OrderSaga): Promise<void>;
  /** Takes the lease of an open or of a stuck saga under a new fence; undefined if there is none that is free. */
  claim(id: string, what: 'open' | 'stuck', leaseMs: number): Promise<OrderSaga | undefined>;
  /** Writes and renews the lease; false if another worker has taken over. */
  save(saga: OrderSaga, leaseMs: number): Promise<boolean>;
  /** Sagas which have not ended and which no worker holds. */
  unfinished(): Promise<string[]>;
  find(id: string): Promise<OrderSaga | undefined>;
  withStatus(status: OrderSaga['status']): Promise<string[]>;
}

/** What the orchestrator works with. `alert` reaches a human; it may be called twice for one saga, and is until it returns. */
export interface OrderSagaParts {
  readonly store: OrderSagaStore;
  readonly steps: readonly OrderSagaStep[];
  readonly alert: (saga: OrderSaga) => Promise<void>;
  readonly log: (entry: Record<string, unknown>) => void;
  readonly limits?: Partial<typeof defaultLimits>;
}

const defaultLimits = { timeoutMs: 10_000, attempts: 5, backoffMs: 200, maxBackoffMs: 5_000 };
class LeaseLost extends Error {}

/** Runs the steps; when one fails for good, undoes those that were started, last to first. */
export class OrderSagaOrchestrator {
  readonly #parts: OrderSagaParts;
  readonly #limits: typeof defaultLimits;

  constructor(parts: OrderSagaParts) {
    this.#parts = parts;
    this.#limits = { ...defaultLimits, ...parts.limits };
  }

  /** Derive the id from the triggering message or entity: starting twice under one id is harmless. */
  async start(id: string, correlationId: string, input: OrderSagaInput): Promise<void> {
    await this.accept(id, correlationId, input);
    await this.resume(id);
  }

  /** Stores the saga and no more: a consumer acknowledges its message then, and `resume` does the work. */
  async accept(id: string, correlationId: string, input: OrderSagaInput): Promise<void> {
    await this.#parts.store.create({ id, correlationId, input, fence: 0, status: 'running', steps: {} });
  }

  /** Call it when the process starts, and then every minute. */
  async resumeAll(): Promise<void> {
    const errors: unknown[] = [];
    for (const id of await this.#parts.store.unfinished()) {
      await this.resume(id).catch((error: unknown) => errors.push(error));
    }
    if (errors.length > 0) throw new AggregateError(errors, 'Some sagas could not be resumed.');
  }

  /** Continues one saga where it stopped, unless another worker is at it. */
  async resume(id: string): Promise<void> {
    const saga = await this.#parts.store.claim(id, 'open', this.#leaseMs());
    if (saga !== undefined) await this.#continue(saga);
  }

  /** How far a saga came: each step with its attempts and its last error. */
  async inspect(id: string): Promise<OrderSaga | undefined> {
    return this.#parts.store.find(id);
  }

  /** For a human, once the cause of a stuck saga is mended. False if it is not stuck, or if somebody is at it. */
  async retryStuck(id: string): Promise<boolean> {
    const saga = await this.#parts.store.claim(id, 'stuck', this.#leaseMs());
    if (saga === undefined) return false;
    const states = Object.values(saga.steps);
    for (const state of states) state.attempts = 0;
    saga.status = states.some((state) => state.status === 'stuck') ? 'compensating' : 'running';
    await this.#continue(saga);
    return true;
  }

  async #continue(saga: OrderSaga): Promise<void> {
    try {
      if (saga.status === 'running') await this.#goForward(saga);
      if (saga.status === 'compensating') await this.#goBack(saga);
    } catch (error) {
      if (!(error instanceof LeaseLost)) throw error;
      this.#log(saga, { event: 'lease-lost' });
    }
  }

  async #goForward(saga: OrderSaga): Promise<void> {
    for (const step of this.#parts.steps) {
      const state = (saga.steps[step.name] ??= { status: 'started', attempts: 0 });
      if (state.status === 'done') continue;
      if (await this.#attempt(saga, step, state, 'run')) continue;
      await this.#turnBack(saga);
      return;
    }
    await this.#end(saga, 'completed');
  }

  async #turnBack(saga: OrderSaga): Promise<void> {
    const isPastPivot = this.#parts.steps.some(({ name, compensate }) => {
      const status = saga.steps[name]?.status;
      return compensate === null && (status === 'started' || status === 'done');
    });
    if (isPastPivot) return this.#giveUp(saga);
    for (const state of Object.values(saga.steps)) state.attempts = 0;
    saga.status = 'compensating';
    await this.#save(saga);
  }

  async #goBack(saga: OrderSaga): Promise<void> {
    for (const step of [...this.#parts.steps].reverse()) {
      const state = saga.steps[step.name];
      if (state === undefined || state.status === 'undone' || step.compensate === null) continue;
      if (!(await this.#attempt(saga, step, state, 'compensate'))) state.status = 'stuck';
    }
    if (Object.values(saga.steps).some((state) => state.status === 'stuck')) return this.#giveUp(saga);
    await this.#end(saga, 'compensated');
  }

  /**
   * Saves first, so that a worker which was taken over alerts nobody. Alerts before the saga is stuck: a crash
   * or an alert that fails alerts again instead of never.
   */
  async #giveUp(saga: OrderSaga): Promise<void> {
    await this.#save(saga);
    await this.#inTime(() => this.#parts.alert(saga));
    await this.#end(saga, 'stuck');
  }

  async #end(saga: OrderSaga, status: OrderSaga['status']): Promise<void> {
    saga.status = status;
    await this.#save(saga);
    this.#log(saga, { event: status });
  }

  /** Saves before each call: after a crash the next worker repeats it under the same key, or compensates it. */
  async #attempt(saga: OrderSaga, step: OrderSagaStep, state: StepState, action: Action): Promise<boolean> {
    while (state.attempts < this.#limits.attempts) {
      if (state.attempts > 0) await sleep(this.#backoff(state.attempts));
      state.attempts += 1;
      await this.#save(saga);
      this.#log(saga, { event: `${action}-started`, step: step.name, attempt: state.attempts });
      const error = await this.#call(saga, step, action);
      if (error === null) {
        this.#log(saga, { event: `${action}-done`, step: step.name });
        state.status = action === 'run' ? 'done' : 'undone';
        state.attempts = 0;
        await this.#save(saga);
        return true;
      }
      this.#log(saga, { event: `${action}-failed`, step: step.name, error: error.message });
      state.error = error.message;
      if (error instanceof OrderSagaRejection) {
        state.status = 'rejected';
        return false;
      }
    }
    return false;
  }

  async #call(saga: OrderSaga, step: OrderSagaStep, action: Action): Promise<Error | null> {
    const { id, input, fence, correlationId } = saga;
    const runKey = `${id}:${step.name}`;
    const key = action === 'run' ? runKey : `${runKey}:compensate`;
    try {
      await this.#inTime(async (signal) =>
        step[action]?.({ input, key, runKey, fence, correlationId, signal }),
      );
      return null;
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
  }

  /** Ends the wait also for a call that ignores the signal. */
  async #inTime(call: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const signal = AbortSignal.timeout(this.#limits.timeoutMs);
    await Promise.race([call(signal), timeOut(signal)]);
  }

  async #save(saga: OrderSaga): Promise<void> {
    const isOpen = saga.status === 'running' || saga.status === 'compensating';
    if (!(await this.#parts.store.save(saga, isOpen ? this.#leaseMs() : 0))) throw new LeaseLost();
  }

  /** Each save renews the lease, so it must outlast one wait and one call, or one alert. */
  #leaseMs(): number {
    return 2 * (this.#limits.timeoutMs + this.#limits.maxBackoffMs);
  }

  #backoff(attempts: number): number {
    const { backoffMs, maxBackoffMs } = this.#limits;
    return Math.random() * Math.min(maxBackoffMs, backoffMs * 2 ** attempts);
  }

  #log(saga: OrderSaga, entry: Record<string, unknown>): void {
    this.#parts.log({ saga: 'order', sagaId: saga.id, correlationId: saga.correlationId, ...entry });
  }
}

type Action = 'run' | 'compensate';

function timeOut(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error('The call took too long.')), { once: true });
  });
}
// endregion body
