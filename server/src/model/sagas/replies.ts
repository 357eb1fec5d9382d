// What a process manager waits for: the events by which participants answer its commands.
import { isUndoing } from '../compensation/undoing.ts';
import { saysFailure, stepOf, type FailureWords } from '../failures/fallible.ts';
import type { EventModel, EventNode } from '../model.ts';
import { eventKey, stemOf } from '../names/names.ts';
import { isCommandName, producersOf, type Reaction, type Sent } from '../producers/sent.ts';

/** A command that was sent, and the events among those it handles that answer it. */
export interface Awaited {
  readonly sent: Sent;
  readonly replies: readonly EventNode[];
}

/** Words of failures where no rule gives others. */
export const failureWords: FailureWords = {
  steps: [],
  actions: [],
  failures: (
    'failed|failure|rejected|declined|denied|refused|timed out|timeout|expired|insufficient|unavailable|out of stock|aborted|cancelled|canceled|error|' +
    // Spanish and Portuguese, Italian, French, German.
    'cancelada|cancelado|rechazada|rechazado|fallida|fallido|fallo|denegada|denegado|expirada|expirado|vencida|vencido|agotada|agotado|' +
    'insuficiente|rejeitada|rejeitado|recusada|recusado|falhou|falha|negada|negado|annullata|annullato|rifiutata|rifiutato|fallita|fallito|' +
    'insuffisant|annulee|rejetee|refusee|echouee|storniert|abgelehnt|fehlgeschlagen|abgebrochen|abgelaufen'
  ).split('|'),
};

/** What is known of a process manager before it is told to be one. */
export interface Moving {
  readonly reactions: readonly Reaction[];
  readonly sent: readonly Sent[];
}

/** All commands of a process manager that it waits to hear of. Those that take something back are left out. */
export function awaits(model: EventModel, manager: Moving): readonly Awaited[] {
  const handled = new Set(manager.reactions.flatMap((it) => it.consumer.events));
  return manager.sent.flatMap((sent) => {
    if (sent.effect.inCatch || isUndoing(`x ${sent.name}`) || isOfFailure(sent)) return [];
    const replies = repliesTo(model, sent, handled).filter((it) => !sent.on?.events.includes(it));
    const isAnswered = replies.some((it) => !saysFailure(it.name, failureWords));
    return isAnswered ? [{ sent, replies }] : [];
  });
}

/** What says that a step failed, or is sent because one did, ends the saga or takes it back. */
function isOfFailure({ name, on }: Sent): boolean {
  if (saysFailure(name, failureWords)) return true;
  return (
    on !== undefined && on.events.length > 0 && on.events.every((it) => saysFailure(it.name, failureWords))
  );
}

function repliesTo(model: EventModel, sent: Sent, handled: ReadonlySet<EventNode>): readonly EventNode[] {
  const { event, name, effect } = sent;
  if (event && handled.has(event)) return [];
  const consumers = event?.consumers.filter((it) => it.handler) ?? [];
  const isRead = event?.isConsumed === 'yes' && consumers.length > 0;
  if (isRead) {
    const published = consumers.flatMap((it) =>
      model
        .bodyOfConsumer(it)
        .effects.flatMap((one) => (one.role.kind === 'publish' ? producersOf(model, one) : [])),
    );
    return [...new Set(published.flatMap((it) => (it.event && handled.has(it.event) ? [it.event] : [])))];
  }
  const isRequest = effect.role.kind === 'publish' && effect.role.isRequest === true;
  if (!isRequest && !isCommandName(name)) return [];
  return [...handled].filter((it) => answers(it.name, name));
}

const vague = /^(?:process|complet|succe|done|finish|finaliz|execut|confirm|approv|accept|secur)/;
const fillers = new Set(
  'command request topic queue message send sent do micro service saga step event'.split(' '),
);

/** `PaymentProcessed` answers `ProcessPaymentCommand`, `stock.reserved` answers `stock.reserve`. */
export function answers(reply: string, command: string): boolean {
  const stems = new Set(
    eventKey(command)
      .split(' ')
      .filter((it) => !fillers.has(it))
      .map(stemOf),
  );
  if (saysFailure(reply, failureWords))
    return eventKey(reply)
      .split(' ')
      .some((it) => stems.has(stemOf(it)));
  const step = stepOf(reply);
  if (!step) return false;
  const isSubject = step.subject.some((it) => stems.has(stemOf(it)));
  return isSubject && (vague.test(step.action) || stems.has(stemOf(step.action)));
}
