/** Longest stretch of synchronous work before timers, input and signals get their turn, milliseconds. */
const BREATH = 30;
let lastBreath = 0;

/** Lets the event loop run if it has waited long enough; throws the signal's reason if it was aborted. */
export async function breathe(signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  if (performance.now() - lastBreath < BREATH) return;
  await new Promise((resolve) => setTimeout(resolve));
  lastBreath = performance.now();
  signal?.throwIfAborted();
}
