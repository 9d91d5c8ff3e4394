/** Draws rows as the job on standard input says, and says in JSON how long each draw took (bench/sample.ts). */
import { gaussian } from '../src/families/gaussian.js';
import { Mixture } from '../src/mixture/mixture.js';
import type { Sample } from '../src/mixture/sample.js';
import type { Drawn, SampleJob } from './sample.js';

let text = '';
for await (const chunk of process.stdin.setEncoding('utf8')) text += chunk as string;
const { n, d, covariance, draws, start } = JSON.parse(text) as SampleJob;
const family = gaussian({ covariance });
const weights = Float64Array.from(start.weights);
const mixture = new Mixture({ family, weights, components: family.fromParameters(start, 'start') });
const [wall, processor]: [number[], number[]] = [[], []];
let last: Sample = mixture.sample(0);
for (let draw = 0; draw < draws; draw++) {
  const [began, before] = [performance.now(), process.cpuUsage()];
  last = mixture.sample(n, { seed: draw });
  wall.push((performance.now() - began) / 1000);
  const { user, system } = process.cpuUsage(before);
  processor.push((user + system) / 1e6);
}
const average = (of: (x: number, j: number) => number): number[] => {
  const sums = new Array<number>(d).fill(0);
  last.data.forEach((x, at) => (sums[at % d] += of(x, at % d)));
  return sums.map((sum) => sum / n);
};
const means = average((x) => x);
const result: Drawn = { wall, processor, means, variances: average((x, j) => (x - means[j]) ** 2) };
process.stdout.write(`${JSON.stringify(result)}\n`);
