/** Longest stretch of synchronous work before timers, input and signals get their turn, milliseconds. */
const LONGEST_STRETCH = 30;
let lastYield = 0;

/** Node has a turn of the event loop that waits for no clock; setTimeout waits for a millisecond there. */
const afterEvents: (then: () => void) => unknown = typeof setImmediate === 'function' ? setImmediate : setTimeout;

/** Lets the event loop run if it has waited long enough; throws the signal's reason if it was aborted. */
export async function yieldToEvents(signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  if (performance.now() - lastYield < LONGEST_STRETCH) return;
  await new Promise<void>((resolve) => {
    afterEvents(resolve);
  });
  lastYield = performance.now();
  signal?.throwIfAborted();
}
