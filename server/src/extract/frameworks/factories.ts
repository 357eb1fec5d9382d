// Options that a NestJS module is not given but has made: `forRootAsync({ useFactory: (config) => ({ … }), inject: [ConfigService] })`.
import type { Expr } from '../../facts/expressions.ts';
import { actionsIn } from '../../facts/walk.ts';
import type { FileView } from '../fileView.ts';

/** What is handed over, and what its `useFactory` returns. */
export function configsOf(view: FileView, handed: Expr): readonly Expr[] {
  const factory = view.entryOf(handed, 'useFactory');
  const body = factory?.kind === 'function' ? (view.facts.functions[factory.function]?.body ?? []) : [];
  return [
    handed,
    ...actionsIn(body).flatMap((it) => (it.kind === 'return' && it.value ? [view.valueOf(it.value)] : [])),
  ];
}
