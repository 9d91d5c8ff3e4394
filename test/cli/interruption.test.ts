import { mkdirSync, readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { loadMixture } from '../../src/index.js';
import { faithful, inCheckout, otmix, temporaryFolder, type RunOptions } from './otmix.js';

const folder = temporaryFolder();

/** Sends a signal as soon as standard error matches, once. */
function onceSaid(pattern: RegExp, signal: NodeJS.Signals = 'SIGINT'): RunOptions {
  let sent = false;
  return {
    onStderr(child, text) {
      if (sent || !pattern.test(text)) return;
      sent = true;
      child.kill(signal);
    },
  };
}

const flights = `SELECT delay, distance FROM '${inCheckout('node_modules/vega-datasets/data/flights-3m.parquet')}'`;
/** A fit that no machine ends before the signal comes, however fast: one start that is done is followed by another. */
const endless = ['--tolerance', '0', '--max-iterations', '1000000', '--restarts', '1000000'];

interface FitJson {
  readonly status: string;
  readonly iterations: number;
  readonly objective: number[];
  readonly restarts: { status: string }[];
  readonly candidates: { status: string }[];
}

describe('Ctrl-C', () => {
  test('keeps what is fitted so far: it is printed, saved and reported', async () => {
    const args = ['fit', flights, '-k', '12', '--every', '20', '--regularization', '1', ...endless];
    const results = ['--out', 'model.json', '--report', 'report.html', '--json'];
    const { status, stdout } = await otmix(folder.path, [...args, ...results], onceSaid(/iteration \d/));
    expect(status).toBe(130);
    const fit = JSON.parse(stdout) as FitJson;
    expect(fit.status).toBe('aborted');
    expect(fit.iterations).toBeGreaterThan(0);
    expect(fit.objective).toHaveLength(fit.iterations);
    expect((await loadMixture(`${folder.path}/model.json`)).k).toBe(12);
    expect(folder.read('report.html')).toContain('Aborted after');
  });

  test('keeps the best of the starts so far, and says so', async () => {
    const args = ['fit', faithful, '-k', '3', '--restarts', '1000000'];
    const { status, stdout, stderr } = await otmix(folder.path, args, onceSaid(/restart \d+\/1000000, iter/));
    expect(status).toBe(130);
    expect(stdout).toMatch(/\n(Interrupted|Converged) after \d+ iterations?, the best of \d+ starts: /);
    expect(stdout).toContain('warning: interrupted: this is the best of what was fitted until then');
    expect(stderr).not.toMatch(/^otmix:/m);
  });

  test('keeps the models that select has tried', async () => {
    const model = [
      '-k',
      '2,12',
      '--every',
      '60',
      '--regularization',
      '1',
      '--tolerance',
      '0',
      '--max-iterations',
      '300',
    ];
    const args = ['select', flights, ...model, '--restarts', '5', '--json', '--out', 'best.json'];
    const { status, stdout } = await otmix(folder.path, args, onceSaid(/fit [2-8] of 8/));
    expect(status).toBe(130);
    expect((JSON.parse(stdout) as FitJson).candidates.length).toBeLessThan(8);
    expect((await loadMixture(`${folder.path}/best.json`)).d).toBe(2);
  });

  test('before there is a result writes nothing, in one line', async () => {
    // rows come slowly and never end
    const slow = 'SELECT list_sum(range(a.range % 100 + 900)) AS x FROM range(1000000) a, range(1000000) b';
    const before = folder.names();
    for (const [signal, code] of [
      ['SIGINT', 130],
      ['SIGTERM', 143],
    ] as const) {
      // prettier-ignore
      const args = ['fit', slow, '-k', '2', '--out', 'none.json', '--report', 'none.html'];
      const { status, stdout, stderr } = await otmix(folder.path, args, onceSaid(/reading, /, signal));
      expect([status, stdout]).toEqual([code, '']);
      expect(stderr).toMatch(
        /^(reading, .* rows\n)+otmix: interrupted before there was a result; nothing was written\n$/,
      );
      expect(folder.names()).toEqual(before);
    }
  });

  test('interrupts a query that yields nothing, and leaves no folder behind', async () => {
    const endless = 'SELECT i FROM range(1000000000000) t(i) WHERE sqrt(i) < 0';
    const temporary = `${folder.path}/temporary`;
    mkdirSync(temporary);
    const shell = `(while [ -z "$(ls -A '${temporary}')" ]; do sleep .1; done; sleep 1; kill -INT $$) &`;
    const { status, stdout } = await otmix(folder.path, ['fit', endless, '-k', '2'], {
      shell,
      env: { TMPDIR: temporary },
    });
    expect([status, stdout]).toEqual([130, '']);
    expect(readdirSync(temporary)).toEqual([]);
  });
});
