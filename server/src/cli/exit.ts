// How the command ends.

/** 0: nothing at or above `--fail-on`; 1: findings; 2: could not run, or a rule failed. */
export const exitStatus = { clean: 0, findings: 1, couldNotRun: 2 } as const;

/** Something the user can mend: one clear message, status 2. */
export class CommandProblem extends Error {}
