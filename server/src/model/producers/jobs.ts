// A bus of one's own that puts its events into a queue of jobs: a job is a request to a worker, yet what it bears is an event.
import type { CallExpr } from '../../facts/expressions.ts';
import type { PublishRole } from '../../facts/roles.ts';
import type { FilePath } from '../../text.ts';
import { indexOf } from '../fileIndex.ts';
import type { FunctionNode } from '../model.ts';
import type { Linking } from '../program.ts';

/** The role of a publish that is known by its name: where the code behind it puts a job, a broker delivers. */
export function throughJobs(
  file: FilePath,
  call: CallExpr,
  role: PublishRole,
  { calls, files }: Linking,
): PublishRole {
  if (role.confidence !== 'name' || role.transport !== 'unknown' || role.isRequest) return role;
  const isQueued = calls.callees(file, call).some((it) => putsJob(it, files));
  return isQueued ? { ...role, transport: 'broker' } : role;
}

function putsJob({ file, fact }: FunctionNode, files: Linking['files']): boolean {
  const facts = files.get(file);
  return (
    facts !== undefined &&
    indexOf(facts).publishes.some(
      ({ fn, role }) =>
        role.isRequest === true &&
        role.transport === 'broker' &&
        fact.span.start <= fn.span.start &&
        fn.span.end <= fact.span.end,
    )
  );
}
