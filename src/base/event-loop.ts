/** Longest stretch of synchronous work before timers, input and signals get their turn, milliseconds. */
const LONGEST_STRETCH = 30;
let lastYield = 0;

/** Lets the event loop run if it has waited long enough; throws the signal's reason if it was aborted. */
export async function yieldToEvents(signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  if (performance.now() - lastYield < LONGEST_STRETCH) return;
  await new Promise((resolve) => setTimeout(resolve));
  lastYield = performance.now();
  signal?.throwIfAborted();
}
