import { PassThrough } from 'node:stream';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { narrator, selectionShare } from '../../src/cli/narration.js';
import { plainView, progressView } from '../../src/cli/progress.js';
import { barView } from '../../src/cli/progress-bar.js';

afterEach(() => vi.unstubAllEnvs());

describe('narrator', () => {
  test('puts every activity into words, with the share that is done', () => {
    const narrate = narrator();
    expect(narrate({ phase: 'load', rows: 65536 })).toEqual({ text: 'reading, 65,536 rows' });
    expect(narrate({ phase: 'load', rows: 50, totalRows: 200 })).toEqual({
      text: 'reading, 50 of 200 rows',
      done: 0.25,
    });
    expect(narrate({ phase: 'seed', restart: 2, restarts: 3 })).toEqual({ text: 'restart 2/3, seeding' });
    expect(narrate({ phase: 'score' })).toEqual({ text: 'scoring' });
    expect(narrate({ phase: 'write', rows: 3, totalRows: 4 }, 'fit 1 of 9').text).toBe(
      'fit 1 of 9: writing, 3 of 4 rows',
    );
  });

  test('tells the gain of an iteration that follows another of the same start', () => {
    const narrate = narrator();
    const fit = (restart: number, iteration: number, objective: number, epsilon = 1): string =>
      narrate({ phase: 'fit', restart, restarts: 2, iteration, maxIterations: 20, objective, epsilon }).text;
    expect(fit(1, 1, 3)).toBe('restart 1/2, iteration 1/20, objective 3.000000');
    expect(fit(1, 2, 2.99)).toMatch(/objective 2\.990000, gain 0\.0100$/);
    expect(fit(2, 1, 5, 2)).toMatch(/objective 5\.000000, ε 2\.00$/);
    // Of restarts that are under way at once each has its own; another fit begins anew.
    expect(fit(1, 3, 2.5)).toMatch(/^restart 1\/2, iteration 3\/20, objective 2\.500000, gain 0\.49$/);
    expect(fit(2, 2, 4)).toMatch(/^restart 2\/2, .* gain 1\.0$/);
    narrate({ phase: 'load', rows: 1 });
    expect(fit(2, 3, 3)).toMatch(/objective 3\.000000$/);
  });
});

describe('the share of a selection that is done', () => {
  const fit = { phase: 'fit', candidates: 4, restarts: 2, maxIterations: 10 } as const;

  test('adds up models that are under way at once, and never falls', () => {
    const share = selectionShare();
    expect(share({ phase: 'load', candidate: 1, candidates: 4, finished: 0 })).toBe(0);
    expect(share({ ...fit, candidate: 1, finished: 0, restart: 1, iteration: 10 })).toBe(0.125);
    expect(share({ ...fit, candidate: 2, finished: 0, restart: 2, iteration: 5 })).toBe((0.5 + 0.75) / 4);
    expect(share({ ...fit, candidate: 2, finished: 0, restart: 1, iteration: 6 })).toBe((0.5 + 0.75) / 4);
    expect(share({ phase: 'score', candidate: 1, candidates: 4, finished: 0 })).toBe(1.75 / 4);
    expect(share({ ...fit, candidate: 4, finished: 3, restart: 1, iteration: 1 })).toBe(3 / 4);
  });

  test('is that of the bar, whatever one fit has done', () => {
    const narrate = narrator();
    const { text, done } = narrate({ ...fit, restart: 1, iteration: 9, objective: 1 }, 'fit 2 of 4', 0.25);
    expect([text, done]).toEqual(['fit 2 of 4: restart 1/2, iteration 9/10, objective 1.000000', 0.25]);
  });

  test('gains are told of each fit by itself', () => {
    const narrate = narrator();
    const told = (task: string, iteration: number, objective: number): string =>
      narrate({ phase: 'fit', iteration, maxIterations: 9, objective }, task).text;
    told('one', 1, 4);
    told('other', 1, 9);
    expect([told('one', 2, 3), told('other', 2, 7)]).toEqual([
      'one: iteration 2/9, objective 3.000000, gain 1.0',
      'other: iteration 2/9, objective 7.000000, gain 2.0',
    ]);
  });
});

describe('plain progress', () => {
  test('is silent for two seconds and then says at most one line in two', () => {
    let time = 0;
    const lines: string[] = [];
    const { show } = plainView((line) => lines.push(line), () => time); // prettier-ignore
    for (; time < 10_000; time += 100) show({ phase: 'load', rows: time });
    expect(lines).toEqual([2000, 4000, 6000, 8000].map((t) => `reading, ${t.toLocaleString('en-US')} rows\n`));
  });
});

/** A terminal that remembers what was written to it. */
function terminal(): { stream: NodeJS.WriteStream; written: () => string } {
  const stream = new PassThrough({ encoding: 'utf8' });
  let text = '';
  stream.on('data', (chunk: string) => (text += chunk));
  return {
    stream: Object.assign(stream, { isTTY: true, columns: 100 }) as unknown as NodeJS.WriteStream,
    written: () => text,
  };
}

describe('a progress bar', () => {
  test('is drawn on a terminal and leaves an empty line', async () => {
    const { stream, written } = terminal();
    const { show, stop } = barView(stream);
    show({ phase: 'load', rows: 50, totalRows: 200 });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(written()).toContain(`${'█'.repeat(4)}${'░'.repeat(12)} reading, 50 of 200 rows`);
    show({ phase: 'score' });
    stop();
    expect(written()).toContain('scoring');
    expect(written().endsWith('\u001b[2K')).toBe(true); // the line is cleared
    expect(written()).toContain('\u001b[?7h'); // and long lines wrap again
    stop(); // once more does nothing
  });

  test('is chosen on a terminal, plain lines elsewhere, nothing where it should be quiet', async () => {
    vi.stubEnv('TERM', 'xterm');
    const bar = terminal();
    const view = await progressView(bar.stream);
    view.show({ phase: 'score' });
    view.stop();
    expect(bar.written()).toContain('scoring');
    const quiet = terminal();
    const silent = await progressView(quiet.stream, true);
    silent.show({ phase: 'score' });
    silent.stop();
    expect(quiet.written()).toBe('');
    const file = new PassThrough({ encoding: 'utf8' });
    (await progressView(file as unknown as NodeJS.WriteStream)).show({ phase: 'score' });
    expect(file.read()).toBeNull(); // not before two seconds
  });
});
