/** Published fits of every family, found by the command from starts of its own. */
import { expect, test } from 'vitest';
import { loadMixture } from '../../src/index.js';
import { openSource } from '../../src/sources.js';
import { cases } from '../cases.js';
import { goldenCommands, type GoldenCommand } from '../golden/commands.js';
import { otmix, temporaryFolder } from './otmix.js';

const folder = temporaryFolder();

const patient = ['--restarts', '40', '--tolerance', '1e-9', '--max-iterations', '5000'];
const likelihood = ['--regularization', '0', '--prior', 'none'];

/** Of the log-likelihood. */
const SHORT = 1e-6;
/** Shares of random starts from which on an optimum must be found. */
const EASY = 0.25;

/** What kind of fit it is: whether with gaps, of several families, with weights, of several components, and of levels. */
const kinds = ({ name, family, weights, k }: GoldenCommand): readonly (string | boolean | undefined)[] => [
  name.includes('missing'),
  family.includes(','),
  weights !== undefined,
  k > 1,
  family.startsWith('categorical'),
];

const table = cases(
  goldenCommands,
  kinds,
  ({ csv, k }) => csv.length * k,
  ({ name, family }) => [name.includes('missing'), family.includes(',')],
);

test.each(table.map((golden) => [golden.name, golden] as const))('%s', async (name, golden) => {
  const { csv, k, family, weights, logLikelihood, reached } = golden;
  const [data, model] = [folder.write(`${name}.csv`, csv), `${folder.path}/${name}.json`];
  const asked = ['--family', family, '--missing', 'model', ...(weights === undefined ? [] : ['--sample-weight', weights])]; // prettier-ignore
  const args = ['fit', data, '-k', String(k), ...asked, ...patient, ...likelihood, '--json', '-q', '--out', model];
  const { status, stdout, stderr } = await otmix(folder.path, args);
  expect([status, stderr]).toEqual([0, '']);
  const found = JSON.parse(stdout) as { readonly logLikelihood: number; readonly status: string };
  expect(found.status).toBe('converged');
  const above = (found.logLikelihood - logLikelihood) / Math.abs(logLikelihood);
  const [hits, starts] = reached;
  if (hits > 0 && hits >= EASY * starts) expect(above).toBeGreaterThanOrEqual(-SHORT);
  if (above <= SHORT) return;
  const { d, least } = await distinctRows(data, model);
  expect(least).toBeGreaterThan(d);
});

/** How many columns there are, and how many different rows belong to the component that has fewest. */
async function distinctRows(data: string, model: string): Promise<{ readonly d: number; readonly least: number }> {
  const mixture = await loadMixture(model);
  const source = await openSource(data, { columns: mixture.columns });
  const labels = await mixture.predict(source, { missing: 'model' });
  const rows = Array.from({ length: mixture.k }, () => new Set<string>());
  let row = 0;
  for await (const { rows: count, values } of source.batches()) {
    for (let i = 0; i < count; i++, row++) {
      rows[labels[row]].add(values.subarray(i * mixture.d, (i + 1) * mixture.d).join());
    }
  }
  return { d: mixture.d, least: Math.min(...rows.map((own) => own.size)) };
}
