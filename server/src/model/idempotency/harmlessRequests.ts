// Requests that may be sent again: they only ask, or what answers them does no more the second time.
import type { PublishRole } from '../../facts/roles.ts';
import type { Walk } from '../effects/frames.ts';
import type { Effect } from '../model.ts';

/** What who answers does may be done again; where nobody knows who answers, the name has to say that it only asks. */
export function isHarmlessRequest(walk: Walk, role: PublishRole): boolean {
  const { requests, summaryOf } = walk.walking;
  const handlers = requests.elsewhere(walk.fn.file, role);
  if (handlers.length === 0) return requests.isQuestion(walk.fn.file, role, walk.fn.fact);
  const effects = handlers.flatMap((it) => summaryOf(it).drafts.map((draft) => draft.effect));
  return effects.every((it) => it.isIdempotent || it.inCatch || it.guarded === 'yes');
}

/** A request that a called function sends by a name that it is handed. */
export function isAsked({ fn, walking: { requests } }: Walk, { role, file }: Effect): boolean {
  if (role.kind !== 'publish' || !role.isRequest) return false;
  return requests.elsewhere(file, role).length === 0 && requests.isQuestion(file, role, fn.fact);
}
