/** Ctrl-C at moments from the start of a command to its end: whatever it was doing, results are whole or not there. */
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { loadMixture } from '../../src/index.js';
import { faithful, otmix, temporaryFolder, type Outcome } from './otmix.js';

const folder = temporaryFolder();

/** Seconds after the start: of a command that takes one or two, on a machine at leisure. */
const moments = [0.1, 0.3, 0.5, 0.7, 0.9, 1.1, 1.4, 1.8];

/** Runs a command in a folder of its own, interrupted after so many seconds, and names what it leaves behind. */
async function interrupted(
  name: string,
  args: readonly string[],
  seconds: number,
): Promise<Outcome & { left: string[] }> {
  const own = `${folder.path}/${name} ${seconds}`;
  mkdirSync(`${own}/temporary`, { recursive: true });
  const outcome = await otmix(own, args, {
    ...{ shell: `(sleep ${seconds}; kill -INT $$) &`, env: { TMPDIR: `${own}/temporary` } },
  });
  expect(outcome.stderr).not.toMatch(/fault of otmix|\n {4}at /);
  // before the command can catch it, the signal kills
  expect([0, 130, null]).toContain(outcome.status);
  if (outcome.status !== null) expect(readdirSync(`${own}/temporary`)).toEqual([]);
  return { ...outcome, left: readdirSync(own).filter((file) => file !== 'temporary') };
}

test.concurrent.each(moments)('a fit is printed, saved and reported, or nothing is (after %s s)', async (seconds) => {
  const args = ['fit', faithful, '-k', '3', '--restarts', '20', '--json', '--out', 'm.json', '--report', 'r.html'];
  const { stdout, left } = await interrupted('fit', args, seconds);
  if (stdout === '') {
    expect(left).toEqual([]);
    return;
  }
  const { means, logLikelihood } = JSON.parse(stdout) as { means: number[][]; logLikelihood: number };
  const own = `${folder.path}/fit ${seconds}`;
  expect(Number.isFinite(logLikelihood)).toBe(true);
  expect((await loadMixture(`${own}/m.json`)).means).toEqual(means);
  expect(readFileSync(`${own}/r.html`, 'utf8').trimEnd().endsWith('</html>')).toBe(true);
  expect(left.sort()).toEqual(['m.json', 'r.html']);
});

test.concurrent.each(moments)('rows of a prediction are whole (after %s s)', async (seconds) => {
  const model = folder.write(
    `model ${seconds}.json`,
    JSON.stringify({
      ...{ format: 'otmix-mixture', version: 1, family: 'gaussian', options: { covariance: 'diag' }, columns: ['x'] },
      ...{ weights: [0.5, 0.5], means: [[0], [9]], covariances: [1, 1] },
    }),
  );
  const query = 'SELECT i % 10 AS x FROM range(300000) t(i)';
  const { status, stdout, left } = await interrupted(
    'predict',
    ['predict', model, query, '--out', 'rows.csv'],
    seconds,
  );
  expect(stdout).toBe('');
  if (left.length === 0) {
    expect(status).not.toBe(0);
    return;
  }
  expect(left).toEqual(['rows.csv']);
  const [head, ...rows] = readFileSync(`${folder.path}/predict ${seconds}/rows.csv`, 'utf8').split('\n');
  expect([head, rows.pop()]).toEqual(['row,label,log_density', '']);
  if (status === 0) expect(rows).toHaveLength(300_000);
  expect(rows.every((row, at) => new RegExp(`^${at},${at % 10 < 5 ? 0 : 1},-[\\d.]+$`).test(row))).toBe(true);
});
