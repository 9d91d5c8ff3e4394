import { expect, test } from 'vitest';
import { colour, componentColours, PAGE_THEME, paperTheme } from '../../src/report/palette.js';

test.each([1, 10, 11, 30, 64])('%i components have a colour each', (k) => {
  const colours = Array.from({ length: k }, (_, rank) => colour(rank, k));
  expect(new Set(colours).size).toBe(k);
  for (const c of colours) expect(c).toMatch(/^#[0-9a-f]{6}$/);
});

test.each([3, 30, 500])('the page declares every colour that its drawings use, k = %i', (k) => {
  for (const dark of [false, true]) {
    const declared = componentColours(k, dark);
    const used = Array.from({ length: k }, (_, rank) => [PAGE_THEME.fill(rank), PAGE_THEME.line(rank)]).flat();
    for (const use of [...used, ...PAGE_THEME.series]) expect(declared).toContain(`${use.slice(4, -1)}:#`);
  }
});

test('a drawing that stands alone uses no variables', () => {
  const theme = paperTheme(3);
  expect([theme.ink, theme.fill(2), theme.line(2), ...theme.series].join()).not.toContain('var(');
});
