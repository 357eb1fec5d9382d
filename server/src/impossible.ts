/** Our own defect: what must not happen did. Caught per framework and file, per rule, per request and around the command. */
export function impossible(what: unknown): never {
  throw new Error(`Impossible: ${typeof what === 'string' ? what : JSON.stringify(what)}`);
}
