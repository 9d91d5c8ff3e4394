import type { Column } from '../sweep/encode.js';
import { exp } from '../base/special/elementary.js';
import { finite } from '../base/check.js';
import type { Components, Parameters, Spread } from './components.js';
import { positive, positiveNumber } from './domains.js';
import { meansFiller, type Family } from './family.js';
import { gaussian } from './gaussian.js';
import { arraysOfFile, arraysOfParameters, nestedArrays, plainArrays } from './linear-file.js';
import { textAmong, type RowCoding } from './row-coding.js';

const rules = { meanLogs: finite, varianceLogs: positiveNumber };

/** Logarithms of columns, and what turns their density into that of the columns: log h = −Σ_j log x_j. */
const coding: RowCoding = {
  swept: (columns) => columns.map((name, column) => ({ name: `log ${name}`, column })),
  hasBase: () => true,
  code(given) {
    const { rows, columns } = given;
    const text = textAmong(given);
    if (text) return text;
    const base = new Float64Array(rows);
    const logs: Column[] = [];
    for (const [column, { values, start, stride }] of columns.entries()) {
      const own = new Float64Array(rows);
      for (let row = 0, at = start; row < rows; row++, at += stride) {
        own[row] = Math.log(values[at]);
        if (Number.isNaN(values[at])) continue; // missing, or the gate would have refused it
        if (!positive.holds(values[at])) return { row, column, rule: positive };
        base[row] -= own[row];
      }
      logs.push({ values: own, start: 0, stride: 1 });
    }
    return { columns: logs, base };
  },
};

/**
 * The family whose columns are positive numbers with Gaussian logarithms. Each has a mean m and a variance v of these:
 * log p(x | m, v) = Σ_j −(log x_j − m_j)²/(2 v_j) − ½ log 2π v_j − log x_j.
 */
export function logNormal(): Family {
  const logs = gaussian({ covariance: 'diag' });
  const family: Family = {
    ...logs,
    name: 'logNormal',
    options: {},
    parameters: Object.keys(rules),
    describe: (k) => (k === 1 ? '1 log-normal component' : `${k.toLocaleString('en-US')} log-normal components`),
    encoding: 'logarithms',
    coding,
    swept: (components) => logs.spread(components),
    spread: (components) => ofLogs(logs.spread(components)),
    filler: (components) => meansFiller(ofLogs(logs.spread(components)).means),
    logDensity(components) {
      const density = logs.logDensity(components);
      return (row, into) => {
        const own = Array.from(row, Math.log);
        density(own, into);
        const volume = own.reduce((sum, value) => sum + value, 0);
        for (let c = 0; c < into.length; c++) into[c] -= volume;
      };
    },
    sampler(components) {
      const draw = logs.sampler(components);
      return (labels, random, data) => {
        draw(labels, random, data);
        for (let at = 0; at < data.length; at++)
          data[at] = Math.min(Math.max(exp(data[at]), Number.MIN_VALUE), Number.MAX_VALUE);
      };
    },
    toParameters: (components): Parameters => nestedArrays(renamed(components, 'out'), Object.keys(rules)),
    fromParameters: (given, where) => renamed(arraysOfParameters(given, rules, where), 'in'),
    toFile: (components) => plainArrays(renamed(components, 'out')),
    fromFile: (file, size, where) =>
      renamed(arraysOfFile(file, { meanLogs: size.d, varianceLogs: size.d }, { size, rules, where }), 'in'),
  };
  return { ...family, withGaps: () => ({ ...family, encoding: 'logarithms with gaps', patterned: true }) };
}

/** Gaussians of the logarithms under the names of this family, or back. */
function renamed({ k, d, arrays }: Components, way: 'in' | 'out'): Components {
  const [means, variances] = way === 'in' ? [arrays.meanLogs, arrays.varianceLogs] : [arrays.means, arrays.covariances];
  const own = way === 'in' ? { means, covariances: variances } : { meanLogs: means, varianceLogs: variances };
  return { k, d, arrays: own };
}

/** Means and variances of what has logarithms of these: e^{m + v/2}, and that squared times e^v − 1. */
function ofLogs({ means: logs, variances }: Spread): Spread {
  const means = logs.map((mean, at) => Math.exp(mean + variances[at] / 2));
  return { means, variances: means.map((mean, at) => mean * mean * Math.expm1(variances[at])) };
}
