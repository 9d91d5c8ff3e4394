/** What a fitted mixture draws is of its parameters: fitted again they come back, within what rows can tell. */
import { describe, expect, test } from 'vitest';
import { fitMixture, type Mixture } from '../../src/index.js';
import { cases, size } from '../cases.js';
import { columnSettings, matrixSettings, productSettings } from './settings.js';

const n = size(200_000, 20_000);
/** Groups of rows, each of which tells how far estimates scatter. */
const GROUPS = 10;

/** Weights and parameters, one after the other. */
function numbersOf({ weights, components }: Mixture): number[] {
  const blocks = components.map(({ family: _family, columns: _columns, ...parameters }) => Object.values(parameters) as number[][]); // prettier-ignore
  return [...weights, ...blocks.flat(4)];
}

const settings = cases([...columnSettings, ...matrixSettings, ...productSettings], ({ family }) => [family.name]);

describe.each(settings.map((setting) => [setting.name, setting] as const))('%s', (_, setting) => {
  test('parameters come back from samples within 5 standard errors', async () => {
    const rows = setting.rows(n, 7);
    const options = { family: setting.family, components: 3, tolerance: 1e-7, maxIterations: 300, backend: 'wasm' } as const; // prettier-ignore
    const { mixture: truth } = await fitMixture(rows, { ...options, seeding: setting.truth });
    const sample = truth.sample(n, { seed: 3 });
    const fitted = async (from: number, to: number): Promise<number[]> => {
      const data = sample.data.slice(from * truth.d, to * truth.d);
      const { mixture } = await fitMixture(
        { data, shape: [to - from, truth.d] },
        { ...options, seeding: setting.truth },
      );
      return numbersOf(mixture);
    };
    const whole = await fitted(0, n);
    const parts: number[][] = [];
    for (let g = 0; g < GROUPS; g++) parts.push(await fitted((g * n) / GROUPS, ((g + 1) * n) / GROUPS));
    const expected = numbersOf(truth);
    whole.forEach((value, at) => {
      const mean = parts.reduce((sum, part) => sum + part[at], 0) / GROUPS;
      const variance = parts.reduce((sum, part) => sum + (part[at] - mean) ** 2, 0) / (GROUPS - 1);
      // Of the whole a tenth of the variance; the bias of the parts, of the order of their variance, is let pass.
      const error = Math.sqrt(variance / GROUPS) + variance / GROUPS / Math.max(1e-9, Math.abs(expected[at]));
      expect(Math.abs(value - expected[at]), `number ${at}`).toBeLessThanOrEqual(
        5 * error + 1e-6 * Math.abs(expected[at]),
      );
    });
  });
});
