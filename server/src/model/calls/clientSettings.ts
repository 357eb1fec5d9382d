// What is set for all requests of a client, where it is made or where its options are declared.
import type { Expr } from '../../facts/expressions.ts';
import type { FileFacts } from '../../facts/facts.ts';
import { isAbsent, isUnread } from '../../facts/queuePolicy.ts';
import type { PublishRole } from '../../facts/roles.ts';
import { callsIn } from '../../facts/walk.ts';
import { foundInFiles } from '../incremental/about.ts';
import type { EventModel } from '../model.ts';
import { entryOf } from '../resolution/values.ts';

type Limit = NonNullable<PublishRole['limitedBy']>;

/** Nobody sets the limit, wherever the options of such a client can be read; false where none are seen. */
export function isUnset(model: EventModel, limit: Limit): boolean {
  const said = foundInFiles(model, `${limit.key} of ${limit.from}`, (facts) => settingsIn(facts, limit));
  return said.length > 0 && said.every((it) => it === 'none');
}

function settingsIn(facts: FileFacts, limit: Limit): readonly ('given' | 'none')[] {
  const isUsing = facts.imports.some((it) => it.from === limit.from);
  return isUsing ? [...optionsIn(facts, limit)].map((it) => settingIn(it, limit.key)) : [];
}

/** `new ServiceBroker(options)`, `const options: BrokerOptions = …`. */
function* optionsIn({ functions, bindings }: FileFacts, { types }: Limit): Iterable<Expr | undefined> {
  for (const { body } of functions) {
    for (const { call, isNew } of callsIn(body)) {
      const { callee, args } = call;
      if (isNew && callee.kind === 'name' && types.includes(callee.name)) yield args[0];
    }
  }
  for (const { type, init } of bindings)
    if (init && type?.kind === 'ref' && types.includes(type.name)) yield init;
}

/** What can't be read may set it. */
function settingIn(options: Expr | undefined, key: string): 'given' | 'none' {
  if (!options) return 'none';
  if (options.kind !== 'object' || isUnread(options)) return 'given';
  const value = entryOf(options, key);
  const isZero = value?.kind === 'literal' && value.text === '0';
  return !value || isZero || isAbsent(value) ? 'none' : 'given';
}
