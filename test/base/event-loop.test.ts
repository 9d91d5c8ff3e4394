import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { fitMixture } from '../../src/fit/fit.js';
import { problem } from '../oracle/index.js';

describe('yieldToEvents', () => {
  /** Milliseconds; they pass in work alone, however busy the machine is. */
  let now: number;
  const work = (milliseconds: number): void => void (now += milliseconds);
  let yieldToEvents: (signal?: AbortSignal) => Promise<void>;
  beforeEach(async () => {
    vi.resetModules(); // it remembers when others last had their turn
    ({ yieldToEvents } = await import('../../src/base/event-loop.js'));
    now = 1000;
    vi.spyOn(performance, 'now').mockImplementation(() => now);
  });
  afterEach(() => void vi.restoreAllMocks());

  test('after 30 ms of work others get their turn', async () => {
    await yieldToEvents();
    let fired = false;
    setImmediate(() => (fired = true));
    work(30);
    await yieldToEvents();
    expect(fired).toBe(true);
  });

  test('until then work goes on', async () => {
    await yieldToEvents();
    let fired = false;
    setImmediate(() => (fired = true));
    work(29);
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
    setImmediate(() => controller.abort(reason));
    await expect(yieldToEvents(controller.signal)).rejects.toBe(reason);
  });

  test('a signal that is not aborted changes nothing', async () => {
    await expect(yieldToEvents(new AbortController().signal)).resolves.toBeUndefined();
  });
});

describe.each(['cpu', 'wasm'] as const)('a long fit on %s', (backend) => {
  // So many rows that no machine has fitted them before the timer's fifth turn.
  const { x } = problem('overlapping', { n: backend === 'wasm' ? 100_000 : 20_000, d: 3, k: 3, seed: 1 });

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
