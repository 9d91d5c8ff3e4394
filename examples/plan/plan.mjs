/**
 * The transport plan of a fit, checked and drawn: penguins of three species by beak and weight, once with proportions
 * that are learnt and once with those that a count of the species gives.
 *
 *     npm ci && node examples/plan/plan.mjs [plan.svg]
 */
import { readFile, writeFile } from 'node:fs/promises';
import { fitMixture } from 'otmix';
import { drawPlans } from './picture.mjs';

const columns = ['Beak Length (mm)', 'Body Mass (g)'];
const file = new URL('../../node_modules/vega-datasets/data/penguins.json', import.meta.url);
const penguins = JSON.parse(await readFile(file, 'utf8')).filter((bird) =>
  columns.every((name) => bird[name] !== null),
);
const rows = penguins.map((bird) => columns.map((name) => bird[name]));

// A typical bird of each species to start from says which component is which.
const species = ['Adelie', 'Chinstrap', 'Gentoo'];
const counted = species.map((name) => penguins.filter((bird) => bird.Species === name).length / penguins.length);
const typical = [[39, 3700], [49, 3700], [47, 5100]]; // prettier-ignore
const spread = [[9, 0], [0, 250_000]]; // prettier-ignore
const seeding = { weights: counted, means: typical, covariances: species.map(() => spread) };

const panels = [];
for (const marginal of [{ kind: 'free' }, { kind: 'fixed', weights: counted }]) {
  const fit = await fitMixture(rows, { components: 3, seeding, marginal, tolerance: 1e-6, maxIterations: 1000 });
  const { plan, criteria, mixture } = fit;

  // F of the plan, summed entry by entry, and F as the sweeps found it; free, both are −mean log-likelihood.
  const { primal, dual, gap } = await plan.duality();

  // The plan, block after block: how much of each row goes to which component, here as shares P_ik / a_i.
  const shares = [];
  for await (const { rows: count, plan: entries, rowMasses } of plan.rows()) {
    for (let i = 0; i < count; i++) shares.push(species.map((_, k) => entries[3 * i + k] / rowMasses[i]));
  }
  const right = shares.filter((row, i) => species[row.indexOf(Math.max(...row))] === penguins[i].Species).length;

  console.log(`${marginal.kind}: column masses ${plan.mass.map((m) => m.toFixed(6)).join(' ')}, status ${fit.status}`);
  console.log(`  −mean log-likelihood ${(-criteria.meanLogLikelihood).toFixed(7)}`);
  console.log(`  primal ${primal.toFixed(7)}, dual ${dual.toFixed(7)}, gap ${gap.toExponential(1)}`);
  console.log(`  ${right} of ${rows.length} birds go to their own species`);
  panels.push({ kind: marginal.kind, primal, right, shares, mass: plan.mass, means: mixture.means });
}

const [, , picture = 'plan.svg'] = process.argv;
await writeFile(picture, await drawPlans({ columns, rows, species, counted, panels }));
console.log(`drawn: ${picture}`);
