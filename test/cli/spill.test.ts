/** What becomes of the command and of its spill folder when something goes wrong: real processes, limits and signals. */
import type { ChildProcess } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { inCheckout, otmix, temporaryFolder, type RunOptions } from './otmix.js';

const folder = temporaryFolder();
const flights = `SELECT delay, distance FROM '${inCheckout('node_modules/vega-datasets/data/flights-3m.parquet')}'`;
const fit = ['fit', flights, '-k', '3', '--every', '20', '--regularization', '1', '--backend', 'wasm', '--memory', '0'];
/** More than any machine does before something comes between. */
const endless = ['--tolerance', '0', '--max-iterations', '1000000', '--restarts', '1000000'];

function emptyFolder(name: string): string {
  const path = `${folder.path}/${name}`;
  mkdirSync(path);
  return path;
}

/** Does something, once, when standard error matches. */
function onceSaid(pattern: RegExp, act: (child: ChildProcess) => void): RunOptions {
  let done = false;
  return {
    onStderr(child, text) {
      if (done || !pattern.test(text)) return;
      done = true;
      act(child);
    },
  };
}

test.each(['SIGTERM', 'SIGKILL'] as const)('%s leaves nothing in the folder', async (signal) => {
  const spill = emptyFolder(signal);
  let seen: readonly string[] = [];
  const killed = onceSaid(/iteration \d/, (child) => {
    seen = readdirSync(spill);
    child.kill(signal);
  });
  const { status } = await otmix(folder.path, [...fit, ...endless, '--spill', spill], killed);
  expect(status).not.toBe(0);
  expect([seen, readdirSync(spill)]).toEqual([[], []]); // the file has no name while it is used either
});

test('what a killed process left behind goes with the next fit', async () => {
  const spill = emptyFolder('left');
  let pid: number | undefined;
  const killed = onceSaid(/iteration \d/, (child) => {
    ({ pid } = child);
    child.kill('SIGKILL');
  });
  await otmix(folder.path, [...fit, ...endless, '--spill', spill], killed);
  writeFileSync(`${spill}/otmix-spill-${pid}-17-0`, 'as systems leave it that keep names of open files');
  const { status } = await otmix(folder.path, [...fit, '--max-iterations', '1', '--spill', spill]);
  expect([status, readdirSync(spill)]).toEqual([0, []]);
});

test.each([
  ['rows', flights, 'error', []],
  ['rows past the page cache', flights, 'error', ['--direct-spill']],
  ['rows with gaps', flights.replace('delay,', 'nullif(delay, 7) AS delay,'), 'model', []],
])('a disk without room for %s is one line', async (name, query, missing, more) => {
  const spill = emptyFolder(`full of ${name}`);
  const args = fit.map((argument) => (argument === flights ? query : argument));
  const run = { shell: 'ulimit -f 512' };
  const { status, stderr } = await otmix(
    folder.path,
    [...args, '--missing', missing, '-q', '--spill', spill, ...more],
    run,
  );
  expect(stderr).toMatch(
    /^otmix: spill .*full of [a-z ]*: expected room for the rows beyond memory, got EFBIG after 0 MiB; name a folder that has room with spill \(--spill DIR\), or allow more memory \(--memory\)\n$/,
  );
  expect([status, readdirSync(spill)]).toEqual([2, []]);
});

test('a folder that vanishes under a fit is one line', async () => {
  const spill = emptyFolder('vanishing');
  const restarts = ['--restarts', '1000000', '--max-iterations', '1'];
  const gone = onceSaid(/restart \d+\/1000000/, () => rmSync(spill, { recursive: true }));
  const { status, stderr } = await otmix(folder.path, [...fit, ...restarts, '--spill', spill], gone);
  expect(stderr).toMatch(
    /^otmix: spill .*vanishing: expected a folder in which files can be made, got ENOENT; make it, or name another with spill \(--spill DIR\)$/m,
  );
  expect(status).toBe(2);
});
