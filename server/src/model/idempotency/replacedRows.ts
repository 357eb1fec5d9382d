// Rows that take the place of others.
import type { WriteRole } from '../../facts/roles.ts';
import type { Walk } from '../effects/frames.ts';

/** `delete(assets).where(…); insert(assets).values(…)`: what a repeat stores takes the place of what was stored before. */
export function replaces({ drafts }: Walk, { store }: WriteRole): boolean {
  return (
    store !== undefined &&
    drafts.some(
      ({ effect: { role, via } }) =>
        via.length === 0 && role.kind === 'write' && role.operation === 'delete' && role.store === store,
    )
  );
}
