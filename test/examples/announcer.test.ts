/** What the example page tells those who listen, and when. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Announcer } from '../../examples/browser/announcer.js';

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance', 'setTimeout'] }));
afterEach(() => void vi.useRealTimers());

/** An announcer, and what it tells with the milliseconds after its start. */
function announcer(): { say: (text: string) => void; told: [number, string][] } {
  const start = performance.now();
  const told: [number, string][] = [];
  const region = { replaceChildren: (text: string) => void told.push([performance.now() - start, text]) };
  const made = new Announcer(region as unknown as HTMLElement);
  return { say: (text) => made.say(text), told };
}

test('tells the latest text, at most once a second', () => {
  const { say, told } = announcer();
  for (let time = 0; time <= 2500; time += 100) {
    say(`at ${time}`);
    vi.advanceTimersByTime(100);
  }
  vi.runAllTimers();
  expect(told).toEqual([
    [0, 'at 0'],
    [1000, 'at 900'],
    [2000, 'at 1900'],
    [3000, 'at 2500'],
  ]);
});

test('tells at once what comes after a pause, the same text too', () => {
  const { say, told } = announcer();
  for (let time = 0; time < 3; time++) {
    say('an error');
    vi.advanceTimersByTime(5000);
  }
  expect(told.map(([at]) => at)).toEqual([0, 5000, 10_000]);
});
