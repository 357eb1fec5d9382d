// How a call is limited: by the helper that the workspace has, by a signal where the call takes one, else by a new helper.
import type { BindingFact, FileFacts, FunctionFact } from '../facts/facts.ts';
import { once } from '../facts/once.ts';
import type { LimitCallPlan } from '../fixes/plan.ts';
import { foundInFiles } from '../model/incremental/about.ts';
import type { Effect, EventModel } from '../model/model.ts';
import type { FilePath } from '../text.ts';
import type { Fix } from './rule.ts';

/** At most one fix, for the call itself wherever it stands; none for one that gives nothing to wait for. */
export function timeoutFixes(model: EventModel, { file, at, role, name }: Effect): readonly Fix[] {
  if (role.kind === 'publish' && role.gives === 'nothing') return [];
  const target = { file, at };
  const isStream =
    (role.kind === 'publish' && role.gives === 'observable') ||
    (role.kind === 'remote' && /^@nestjs\/(?:axios|microservices)$/.test(role.library));
  if (isStream) {
    const plan: LimitCallPlan = { kind: 'limit-call', target, by: 'pipe' };
    return [{ title: 'Limit it with timeout() of rxjs', plan, isPreferred: true }];
  }
  const existing = helperFor(model, file);
  if (existing) {
    const plan: LimitCallPlan = { kind: 'limit-call', target, by: 'helper', existing };
    return [{ title: `Limit it with ${existing.name}`, plan, isPreferred: true }];
  }
  const options = role.kind === 'remote' ? optionsOf(role.library, name) : undefined;
  if (options !== undefined) {
    const plan: LimitCallPlan = { kind: 'limit-call', target, by: 'signal', options };
    return [{ title: 'Limit it with AbortSignal.timeout', plan, isPreferred: true }];
  }
  return [
    {
      title: 'Limit it with a helper (creates withTimeout.ts)',
      plan: { kind: 'limit-call', target, by: 'helper' },
    },
  ];
}

/** Which argument of the call takes a signal; undefined where none does. */
function optionsOf(library: string, path: string): number | undefined {
  const name = path.split('.').at(-1) ?? path;
  const isPlain = !path.includes('.');
  if (name === 'fetch') return 1;
  if (library === 'axios') {
    if (isPlain || name === 'request') return 0;
    return /^(?:post|put|patch)$/.test(name) ? 2 : 1;
  }
  return /^(?:got|ky|undici)$/.test(library) ? 1 : undefined;
}

const helperName =
  /^(?:(?:with|p|promise|race)?timeout|timeout(?:After|Promise)|with(?:Deadline|TimeLimit)|limitTime)$/i;

/** A function of the same service that takes a promise, or what gives one, and a time. */
function helperFor(model: EventModel, beside: FilePath): LimitCallPlan['existing'] {
  const service = model.serviceOf(beside);
  return foundInFiles(model, 'helpers that limit time', helpersIn).find(
    (it) => model.serviceOf(it.file) === service,
  );
}

const helpersIn = once((facts: FileFacts) =>
  facts.functions.flatMap((fn) => {
    if (!fn.isExported || fn.owner !== undefined || !helperName.test(fn.name)) return [];
    const wanted = argumentsOf(facts, fn);
    return wanted ? [{ file: facts.file, name: fn.name, arguments: wanted }] : [];
  }),
);

type Wanted = NonNullable<LimitCallPlan['existing']>['arguments'][number];

/** What it wants; undefined where that is not only work and a time in milliseconds. */
function argumentsOf(facts: FileFacts, { parameters }: FunctionFact): readonly Wanted[] | undefined {
  const wanted = parameters.map((it) => wantedBy(facts.bindings[it]));
  const found = wanted.filter((it) => it !== undefined);
  const isPlain =
    wanted.length === 2 && found.length === 2 && found.filter((it) => it === 'limit').length === 1;
  return isPlain ? found : undefined;
}

function wantedBy(parameter: BindingFact | undefined): Wanted | undefined {
  const type = parameter?.type;
  if (type?.kind === 'primitive' && type.name === 'number')
    return /sec/i.test(parameter?.name ?? '') && !/milli/i.test(parameter?.name ?? '') ? undefined : 'limit';
  if (type?.kind === 'function') return 'function';
  return type?.kind === 'ref' && /^Promise(?:Like)?$/.test(type.name) ? 'promise' : undefined;
}
