// snippet: timeout
// description: Time limit for a remote call by AbortSignal, also for a call that ignores the signal
// choice 1: 10_000 | 1_000 | 30_000
// region body
/** Says that a call took too long. It may have taken effect: repeat it under the same key, or undo it. */
export class TimedOut extends Error {
  override readonly name = 'TimedOut';
}

/** Runs a call with a limit. `outer` ends it earlier, such as the shutdown of the process. */
export async function withTimeout<Result>(
  call: (signal: AbortSignal) => Promise<Result>,
  { timeoutMs = 10_000, outer }: { timeoutMs?: number; outer?: AbortSignal } = {},
): Promise<Result> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(new TimedOut(`No answer in ${timeoutMs} ms.`)), timeoutMs);
  const signal = outer === undefined ? limit.signal : AbortSignal.any([limit.signal, outer]);
  try {
    return await Promise.race([call(signal), whenAborted(signal)]);
  } finally {
    clearTimeout(timer);
    // Ends the race that is left over, and a call that nobody waits for any more.
    limit.abort();
  }
}

function whenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const end = (): void => reject(signal.reason);
    if (signal.aborted) end();
    signal.addEventListener('abort', end, { once: true });
  });
}
// endregion body
