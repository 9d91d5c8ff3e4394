/** What fits a narrow terminal. */
import { beforeAll, expect, test } from 'vitest';
import { selectionSummary } from '../../src/cli/candidates.js';
import { fittedText, narrator } from '../../src/cli/narration.js';
import { selectMixture, type Selection } from '../../src/index.js';

let selection: Selection;
beforeAll(async () => {
  const rows = Array.from({ length: 40 }, (_, i) => [(i % 2) * 50 + (i % 7), 1e4 + (i % 11)]);
  selection = await selectMixture(rows, { components: [1, 2, 41], covariances: ['spherical'], backend: 'wasm' });
});

/** The table of all models, without the fit that follows. */
const candidates = (width: number): string[] => {
  const [, table] = selectionSummary(selection, 3, 1, width).split('\n\n');
  return table.split('\n');
};

test('a choice shows what there is room for, and says that there is more', () => {
  const [heads] = candidates(120);
  expect(heads).toMatch(/^ ?k +covariance +bic +aic +icl +log-likelihood +parameters +status$/);
  expect(candidates(120).find((line) => line.endsWith('<- lowest bic'))).toMatch(/^ 2 /);
  for (const width of [40, 30, 20]) {
    const lines = candidates(width);
    expect(Math.max(...lines.slice(0, 4).map((line) => line.length))).toBeLessThanOrEqual(width);
    expect(lines.at(-1)).toBe('more: --json, or a wider terminal');
  }
  expect(candidates(40)[2]).toMatch(/^ 2 +spherical +[\d.,]+ +converged +<-$/);
});

test('a choice shows the models that could not be fitted', () => {
  expect(candidates(120).at(-1)).toMatch(/^41 +spherical +– .* failed$/);
});

test('progress keeps the iteration where there is no room for all', () => {
  const narrate = narrator();
  const show = (iteration: number): string =>
    narrate(
      { phase: 'fit', restart: 1, restarts: 5, iteration, maxIterations: 200, objective: 123.456789 },
      'fit 10 of 36',
    ).text;
  show(11);
  const text = show(12);
  expect(fittedText(text, 120)).toBe(text);
  for (let room = 16; room < 120; room++) {
    const fitted = fittedText(text, room);
    expect(fitted.length).toBeLessThanOrEqual(room);
    expect(fitted).toContain('iteration 12/200');
  }
  expect(fittedText(text, 39)).toBe('fit 10 of 36: iteration 12/200');
});
