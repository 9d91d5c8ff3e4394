/**
 * Student-t terms of the CPU kernel where components are far apart, so that most rows have hardly any of most of them, and
 * where there are more than whitened rows are kept of; against float64 sweeps. The parity table has the other cases.
 */
import { describe, test } from 'vitest';
import type { CovarianceForm } from '../../kernels/form.js';
import { ExactShard } from '../../src/sweep/exact/shard.js';
import { whitened } from '../../src/sweep/frames.js';
import type { PlanModel } from '../../src/sweep/model.js';
import { cases, combinations } from '../cases.js';
import { nodeDevices } from '../devices.js';
import { mulberry32, normal, sum } from '../oracle/index.js';
import { expectAllWithin, expectWithin } from '../within.js';
import { exactly, modelOf } from './linear-problem.js';
import type { LinearCase } from './parity-cases.js';

interface Problem {
  readonly n: number;
  readonly d: number;
  readonly k: number;
  /** Standard deviations between components, roughly. */
  readonly apart: number;
}

const forms: readonly CovarianceForm[] = ['full', 'tied', 'diag', 'spherical'];

/** From a tail that has no mean to no tail at all. */
const degrees = [0.05, 1, 4.5, 200, 1e6, Infinity];

const problems: readonly Problem[] = [
  { n: 2100, d: 16, k: 9, apart: 1000 },
  { n: 1500, d: 33, k: 6, apart: 200 },
  { n: 300, d: 8, k: 170, apart: 40 },
];

const centre = (c: number, j: number, apart: number): number => Math.fround(apart * Math.sin(1 + 7 * c + j));

/** Rows around centres, some of them a million standard deviations away, `[n, d]`. */
function rowsOf({ n, d, k, apart }: Problem): Float64Array {
  const random = mulberry32(3);
  return Float64Array.from({ length: n * d }, (_, at) => {
    const [row, j] = [Math.floor(at / d), at % d];
    return Math.fround(centre(row % k, j, apart) + (row % 97 === 96 ? 1e6 : 1) * normal(random));
  });
}

function apartOf({ n, d, k, apart }: Problem, form: CovarianceForm, epsilon: number): PlanModel {
  const one: LinearCase = { n, k, dense: 0, levels: [], quadratic: { form, d, degrees } };
  const { components, ...plan } = modelOf(one, epsilon);
  const means = Float32Array.from({ length: k * d }, (_, at) => centre(Math.floor(at / d), at % d, apart));
  return { ...plan, components: { ...components, quadratic: [{ ...components.quadratic[0], means }] } };
}

/** Of spherical components traces, which are all that is promised of them. */
function seconds(form: CovarianceForm, second: Float64Array, k: number): Float64Array {
  if (form !== 'spherical') return second;
  const d = second.length / k;
  return Float64Array.from({ length: k }, (_, c) => sum([...second.subarray(c * d, (c + 1) * d)]));
}

const devices = Object.keys(nodeDevices).filter((name) => name.includes('simd'));
const table = combinations({ device: devices, problem: problems, form: forms, epsilon: [0, 0.5, 1, 3] });

describe.each(cases(table, ({ device, problem, form, epsilon }) => [device, JSON.stringify(problem), form, epsilon]))(
  'Student-t components far apart, $device: $form at temperature $epsilon, $problem',
  ({ device, problem, form, epsilon }) => {
    const { n, d, k } = problem;
    const model = apartOf(problem, form, epsilon);
    const values = rowsOf(problem);
    const weights = Float64Array.from({ length: n }, (_, i) => (i % 5 === 4 ? 0.5 : 1 + (i % 3)));

    test('sweeps sum as float64 ones do', async () => {
      const builder = nodeDevices[device].rows(d);
      const encoding = { shift: new Float64Array(d), scale: new Float64Array(d).fill(1), weightUnit: 1 };
      const columns = Array.from({ length: d }, (_, start) => ({ values, start, stride: d }));
      await builder.add({ rows: n, columns, weights }, encoding);
      const shard = await builder.finish();
      try {
        const request = { coupling: true, objectiveNear: 3 };
        const [got] = await shard.sweep([{ model, ...request }]);
        const exact = new ExactShard(d, [{ start: 0, values, weights }]);
        const [expected] = await exact.sweep([{ model: exactly(model), ...request }]);
        const [own] = whitened(got, model.components).quadratic;
        const [of] = expected.quadratic;
        const tolerance = (1e-5 * Math.sqrt(d) * expected.weight) / (epsilon || 1);
        expectWithin(got.objective, expected.objective, 1e-6 * Math.abs(expected.objective), 'objective');
        expectAllWithin(got.mass, expected.mass, tolerance, 'mass');
        expectAllWithin(got.coupling!, expected.coupling!, tolerance, 'coupling');
        expectAllWithin(own.radial!.weight, of.radial!.weight, tolerance, 'weight');
        expectAllWithin(own.radial!.logarithm, of.radial!.logarithm, 4 * tolerance, 'logarithm');
        expectAllWithin(own.first, of.first, tolerance, 'first');
        expectAllWithin(seconds(form, own.second, k), seconds(form, of.second, k), 4 * tolerance, 'second');
      } finally {
        shard.dispose();
      }
    });
  },
);
