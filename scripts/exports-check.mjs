/**
 * Do other tools say of rows what otmix says? Exports mixtures of every family that can be exported, by the library and by
 * the command. Has ONNX Runtime and scikit-learn of `OTMIX_PYTHON` (scripts/with-python.sh) run them, and compares.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as otmix from '../dist/node/index.js';
import { check, execute, finish } from './checks.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const python = process.env.OTMIX_PYTHON;
const N = 1000;
const FORMS = ['full', 'tied', 'diag', 'spherical'];
/** Log-densities, relative or absolute below 1: in float64 rounding alone, in float32 what is promised. */
const TOLERANCES = { float64: 1e-9, float32: 1e-5 };
/** What scikit-learn itself errs by far from 0 with these forms: it expands the square. */
const EXPANDED = { forms: ['diag', 'spherical'], tolerance: 1e-2 };

const { gaussian, studentT, product, poisson, categorical, gamma, beta, vonMisesFisher, multinomial } = otmix;
const random = mulberry(7);
const folder = mkdtempSync(join(tmpdir(), 'otmix-exports-'));
try {
  await check('Python has ONNX Runtime and scikit-learn', versions);
  const cases = [];
  await check('mixtures of every family are fitted and exported', async () => {
    for (const one of [...gaussians(), ...others()]) cases.push(...(await exported(one)));
    return `${cases.length} models`;
  });
  const said = await answers('onnx', cases);
  for (const [at, one] of cases.entries()) await check(`ONNX Runtime: ${one.name}`, () => compared(one, said[at]));
  const gaussianCases = await sklearnCases();
  const scores = await answers('sklearn', gaussianCases);
  for (const [at, one] of gaussianCases.entries())
    await check(`scikit-learn: ${one.name}`, () => compared(one, scores[at]));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
finish();

function versions() {
  if (!python)
    throw new Error('expected OTMIX_PYTHON, got none; run sh scripts/with-python.sh node scripts/exports-check.mjs');
  const code =
    'import onnx, onnxruntime, sklearn; print("onnx", onnx.__version__, "onnxruntime", onnxruntime.__version__, "scikit-learn", sklearn.__version__)';
  return execute(python, ['-c', code]).then((text) => text.trim());
}

/** What Python makes of the cases' files. */
async function answers(kind, cases) {
  const list = join(folder, `${kind}.json`);
  writeFileSync(
    list,
    JSON.stringify(cases.map(({ file, rows, precision, strays }) => ({ file, rows, precision, strays }))),
  );
  const script = join(root, 'scripts/exports_check.py');
  return JSON.parse(await execute(python, [script, kind, list, join(root, 'python')], { seconds: 600 }));
}

/** Labels equal, responsibilities and log-densities within the tolerance. */
function compared({ expected, precision = 'float64', tolerance = TOLERANCES[precision] }, found) {
  const { labels, responsibilities, logDensities, strays } = found;
  const wrong = expected.labels.filter((label, row) => label !== labels[row]).length;
  const errors = [
    worst(expected.logDensities, logDensities),
    worst(expected.responsibilities.flat(), responsibilities.flat()),
  ];
  const text = `log-densities to ${errors[0].toExponential(1)}, responsibilities to ${errors[1].toExponential(1)}`;
  if (wrong > 0) throw new Error(`expected equal labels, got ${wrong} others; ${text}`);
  if (strays > 0) throw new Error(`expected no density of rows outside the domain, got some of ${strays}; ${text}`);
  if (!(errors[0] <= tolerance && errors[1] <= 10 * tolerance)) throw new Error(`expected ${tolerance}, got ${text}`);
  return text;
}

function worst(expected, got) {
  if (expected.length !== got.length) throw new Error(`expected ${expected.length} numbers, got ${got.length}`);
  return expected.reduce((most, value, at) => {
    const error = Math.abs(value - got[at]) / Math.max(1, Math.abs(value));
    return error > most || Number.isNaN(error) ? error : most;
  }, 0);
}

/** What the mixture itself says of rows `[n][d]`, in float64: log w_k p(x | θ_k) as its family has it. */
function sayings({ parts }, rows) {
  const { family, components, weights } = parts;
  const density = family.logDensity(components);
  const expected = { labels: [], responsibilities: [], logDensities: [] };
  const own = new Float64Array(components.k);
  for (const row of rows) {
    density(row, own);
    const all = [...own, ...(family.noise ? [family.noise.logDensity] : [])].map(
      (log, c) => log + Math.log(weights[c]),
    );
    const largest = Math.max(...all);
    const sum = all.reduce((total, log) => total + Math.exp(log - largest), 0);
    const label = all.indexOf(largest);
    expected.labels.push(label === components.k ? -1 : label);
    expected.responsibilities.push(all.map((log) => Math.exp(log - largest) / sum));
    expected.logDensities.push(largest + Math.log(sum));
  }
  return expected;
}

/** Fits a mixture, exports it, and draws rows of it to look at. */
async function exported({ name, rows, family, noise, precisions = ['float64'], strays = [] }) {
  const { mixture } = await otmix
    .fitMixture(rows, { components: 3, family, noise, maxIterations: 20, backend: 'wasm' })
    .catch((error) => {
      throw new Error(`${name}: ${error.message}`);
    });
  return precisions.map((precision) => {
    const file = join(folder, `${name}-${precision}.onnx`.replaceAll(/[^\w.-]/g, '_'));
    writeFileSync(file, mixture.toOnnx({ precision }));
    const round = precision === 'float32' ? Math.fround : Number;
    const { data } = mixture.sample(N, { seed: 3 });
    const drawn = Array.from({ length: N }, (_, i) =>
      Array.from(data.slice(i * mixture.d, (i + 1) * mixture.d), round),
    );
    return { name: `${name}, ${precision}`, file, rows: drawn, precision, strays, expected: sayings(mixture, drawn) };
  });
}

function gaussians() {
  const offsets = [0, 1e6];
  return FORMS.flatMap((covariance) =>
    offsets.flatMap((offset) => {
      const rows = clouds(offset);
      const precisions = ['float64', 'float32'];
      return [
        { name: `gaussian ${covariance} at ${offset}`, rows, family: gaussian({ covariance }), precisions },
        { name: `Student-t ${covariance} at ${offset}`, rows, family: studentT({ covariance }), precisions },
      ];
    }),
  );
}

function others() {
  const rows = clouds(0);
  const c = (i) => i % 3;
  const make = (row) => Array.from({ length: N }, (_, i) => row(c(i), i));
  const count = (mean) => Math.floor(-Math.log(random()) * mean);
  const positive = (mean) => -Math.log(random() * random()) * mean;
  const share = (power) => Math.min(Math.max(random() ** power, 1e-3), 1 - 1e-3);
  const words = ['red', 'green', 'blue', 'grey'];
  return [
    {
      name: 'gaussian and noise',
      rows: [...rows, ...make(() => [60 * random() - 30, 60 * random() - 30, 60 * random() - 30])],
      family: gaussian(),
      noise: true,
    },
    { name: 'log-normal', rows: rows.map((row) => row.map((value) => Math.exp(value / 5))), family: otmix.logNormal() },
    {
      name: 'poisson',
      rows: make((k) => [count(2 + 9 * k), count(400 - 100 * k)]),
      family: poisson(),
      strays: [
        [-1, 2],
        [1, 2.5],
      ],
    },
    { name: 'poisson and noise', rows: make((k) => [count(2 + 9 * k), count(40)]), family: poisson(), noise: true },
    {
      name: 'geometric',
      rows: make((k) => [count(2 + 9 * k), count(30 - 10 * k)]),
      family: otmix.geometric(),
      strays: [
        [-1, 2],
        [1, 2.5],
      ],
    },
    {
      name: 'negative binomial',
      rows: make((k) => [count(2 + 9 * k), count(300 - 100 * k)]),
      family: otmix.negativeBinomial(),
    },
    {
      name: 'exponential',
      rows: make((k) => [positive(1 + 9 * k), positive(3)]),
      family: otmix.exponential(),
      strays: [[-1, 2]],
    },
    {
      name: 'gamma',
      rows: make((k) => [positive(1 + 9 * k), positive(300)]),
      family: gamma(),
      strays: [
        [0, 2],
        [1, -1],
      ],
    },
    {
      name: 'beta',
      rows: make((k) => [share(1 + k), share(0.2 + k)]),
      family: beta(),
      strays: [
        [0, 0.5],
        [0.5, 1],
      ],
    },
    {
      name: 'bernoulli',
      rows: make((k) => [0.2, 0.5, 0.9].map((p) => Number(random() < (p + k / 3) % 1))),
      family: otmix.bernoulli(),
      strays: [
        [0, 1, 2],
        [0.5, 1, 0],
      ],
    },
    {
      name: 'categorical of numbers',
      rows: make((k) => [10 * count(1 + k), count(3 - k)].map((x) => Math.min(x, 50))),
      family: categorical(),
      strays: [
        [7, 0],
        [0, 99],
      ],
    },
    {
      name: 'categorical of text',
      rows: make((k) => ({ a: words[Math.min(count(1 + k), 3)], b: words[count(1) % 4] })),
      family: categorical(),
    },
    {
      name: 'multinomial',
      rows: make((k) => [count(3 + 9 * k), count(9), count(20 - 9 * k)]),
      family: multinomial(),
      strays: [
        [1, 2, -1],
        [1, 2, 0.5],
      ],
    },
    {
      name: 'von Mises-Fisher',
      rows: rows.map((row) => row.map((value) => value + 0.1)),
      family: vonMisesFisher(),
      strays: [[0, 0, 0]],
    },
    {
      name: 'product',
      rows: rows.map(([x, y, z], i) => ({ x, visits: count(2 + 9 * c(i)), y, level: words[c(i)], z })),
      family: product([
        { columns: ['x', 'y'], family: gaussian() },
        { columns: ['z'], family: studentT({ degrees: 4 }) },
        { columns: ['level'], family: categorical() },
        { columns: ['visits'], family: poisson() },
      ]),
    },
  ];
}

/** Three clouds in three columns whose scales differ, apart and correlated. */
function clouds(offset) {
  return Array.from({ length: N }, (_, i) => {
    const [a, b, g] = [normal(), normal(), normal()];
    const at = 3 * (i % 3);
    return [at + a, 2 * at + 0.6 * a + b, 0.5 * g - at].map((value) => value + offset);
  });
}

/** Gaussians by the command, as the guide has it. */
async function sklearnCases() {
  const cases = [];
  for (const covariance of FORMS) {
    for (const offset of [0, 1e6]) {
      const rows = clouds(offset);
      const { mixture } = await otmix.fitMixture(rows, {
        components: 3,
        family: gaussian({ covariance }),
        backend: 'wasm',
      });
      const [model, file] = [join(folder, 'model.json'), join(folder, `${covariance}-${offset}.json`)];
      await mixture.save(model);
      await execute(process.execPath, [
        join(root, 'dist/node/cli/main.js'),
        'export',
        model,
        '--to',
        'sklearn',
        '--out',
        file,
      ]);
      const tolerance = offset > 0 && EXPANDED.forms.includes(covariance) ? EXPANDED.tolerance : undefined;
      cases.push({ name: `${covariance} at ${offset}`, file, rows, tolerance, expected: sayings(mixture, rows) });
    }
  }
  return cases;
}

function normal() {
  return Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random());
}

/** Uniform numbers over 0 and below 1 of a seed. */
function mulberry(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (((t ^ (t >>> 14)) >>> 0) + 0.5) / 4294967296;
  };
}
