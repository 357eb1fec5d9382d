// Tells a person at a terminal how far a long run is.

export interface Progress {
  readonly show: (count: number) => void;
  readonly clear: () => void;
}

/** Shows on a terminal how far a long run is; elsewhere nothing. */
export function progressOn(stream: NodeJS.WriteStream, all: number): Progress {
  const started = performance.now();
  let shown = started;
  const show = (count: number): void => {
    const now = performance.now();
    if (now - started < 500 || now - shown < 100) return;
    shown = now;
    stream.write(`\r\u001B[Ksagalint reads file ${count} of ${all}`);
  };
  const clear = (): void => {
    if (shown > started) stream.write('\r\u001B[K');
  };
  return stream.isTTY ? { show, clear } : { show: () => undefined, clear: () => undefined };
}
