// How a consumer is made to skip what it handled already: by the guard that the workspace has, or by a new inbox.
import type { MessageKey } from '../fixes/plan.ts';
import type { ConsumerNode, EventModel } from '../model/model.ts';
import type { Fix } from './rule.ts';

const idFields = ['eventId', 'messageId', 'event_id', 'message_id', 'uuid'];
const wrapperName =
  /^(?:idempotent|withInbox|withIdempotency|handleOnce|processOnce|executeOnce|runOnce|ensureIdempotent|runIdempotent)\w*$/;

/** At most one fix; none where nothing at hand tells one message from another. */
export function guardFixes(consumer: ConsumerNode, model: EventModel): readonly Fix[] {
  const key = keyOf(consumer, model);
  if (!key) return [];
  const existing = existingGuard(model);
  const target = { file: consumer.file, at: consumer.at };
  const { eventParameter } = consumer.fact;
  const plan = { kind: 'guard-handler', target, eventParameter, key, ...(existing && { existing }) } as const;
  if (existing) return [{ title: `Guard with ${existing.name}`, plan, isPreferred: true }];
  return [{ title: 'Guard with an inbox (creates inbox.ts)', plan }];
}

/** A function of the workspace that takes a key and runs a callback once for it. */
function existingGuard(model: EventModel): { readonly file: string; readonly name: string } | undefined {
  for (const [file, facts] of model.files) {
    const found = facts.functions.find(({ isExported, owner, parameters: [first, second], name }) => {
      if (!isExported || owner !== undefined || first === undefined || second === undefined) return false;
      const key = facts.bindings[first]?.type;
      return wrapperName.test(name) && key?.kind === 'primitive' && key.name === 'string';
    });
    if (found) return { file, name: found.name };
  }
  return undefined;
}

function keyOf({ fact, events, handler }: ConsumerNode, model: EventModel): MessageKey | undefined {
  if (fact.library === 'kafkajs') return { form: 'kafka' };
  if (fact.library === 'amqplib') return { form: 'amqp' };
  const parameter = handler?.fact.parameters[fact.eventParameter];
  const bindings = handler && model.files.get(handler.file)?.bindings;
  const type = parameter === undefined ? undefined : bindings?.[parameter]?.type;
  if (!handler || !type) return undefined;
  const { fields } = model.program.fieldsOf(handler.file, type);
  const own = idFields.find((it) => fields.has(it));
  if (own !== undefined) return { form: 'field', field: own };
  const subject = [...fields.keys()].find((it) => /(?:[a-z]Id|_id|^id)$/.test(it));
  if (subject === undefined) return undefined;
  return { form: 'field', field: subject, prefix: events[0]?.name ?? fact.name };
}
