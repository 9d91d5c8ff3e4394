import { describe, expect, test } from 'vitest';
import { fitMixture } from '../../src/fit/fit.js';
import { yieldToEvents } from '../../src/base/event-loop.js';
import { problem } from '../oracle/index.js';

/** Works without a pause, as a kernel on the CPU does. */
function work(milliseconds: number): void {
  const until = performance.now() + milliseconds;
  while (performance.now() < until);
}

describe('yieldToEvents', () => {
  test('after 30 ms of work timers get their turn', async () => {
    await yieldToEvents();
    let fired = false;
    setTimeout(() => (fired = true));
    work(35);
    await yieldToEvents();
    expect(fired).toBe(true);
  });

  test('until then work goes on', async () => {
    work(35);
    await yieldToEvents();
    let fired = false;
    setTimeout(() => (fired = true));
    await yieldToEvents();
    expect(fired).toBe(false);
  });

  test('an aborted signal throws its reason', async () => {
    const reason = new Error('enough');
    await expect(yieldToEvents(AbortSignal.abort(reason))).rejects.toBe(reason);
    await expect(yieldToEvents(AbortSignal.abort())).rejects.toThrow('aborted');
  });

  test('so does one that is aborted while others have their turn', async () => {
    const reason = new Error('enough');
    const controller = new AbortController();
    setTimeout(() => controller.abort(reason));
    work(35);
    await expect(yieldToEvents(controller.signal)).rejects.toBe(reason);
  });

  test('a signal that is not aborted changes nothing', async () => {
    await expect(yieldToEvents(new AbortController().signal)).resolves.toBeUndefined();
  });
});

describe.each(['cpu', 'wasm'] as const)('a long fit on %s', (backend) => {
  // So many rows that no machine has fitted them before the timer's fifth turn.
  const { x } = problem('overlapping', { n: 100_000, d: 3, k: 3, seed: 1 });

  test('lets timers have their turn, so that one of them can end it', async () => {
    const controller = new AbortController();
    let iterations = 0;
    let turns = 0;
    const timer = setInterval(() => {
      if (iterations > 0 && ++turns === 5) controller.abort();
    }, 1);
    const fit = await fitMixture(x, {
      components: 3,
      backend,
      tolerance: 0,
      maxIterations: 1000,
      onProgress: ({ iteration }) => (iterations = iteration ?? iterations),
      signal: controller.signal,
    }).finally(() => clearInterval(timer));
    expect(turns).toBeGreaterThanOrEqual(5);
    expect(fit.status).toBe('aborted');
    expect(fit.iterations).toBe(iterations);
    expect(iterations).toBeLessThan(1000);
  });
});
