/** What comes but once: standard input and pipes. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { sniff } from '../../src/cli/sniff.js';
import { spooled } from '../../src/cli/spool.js';
import { csv, faithful, inCheckout, otmix, temporaryFolder } from './otmix.js';

const folder = temporaryFolder();
const patient = new AbortController().signal;
const table = 'x,y\n1,2\n3,5\n';

/** A named pipe, into which `bytes` go. */
function pipe(name: string, bytes?: string | Uint8Array): string {
  const path = `${folder.path}/${name}`;
  execFileSync('mkfifo', [path]);
  if (bytes !== undefined) createWriteStream(path).end(bytes);
  return path;
}

describe('a stream', () => {
  test('is copied to a private file that its first bytes name, unpacked', async () => {
    const copy = await spooled(pipe('one', table), undefined, patient);
    expect([copy.endsWith('.csv'), readFileSync(copy, 'utf8')]).toEqual([true, table]);
    expect([statSync(copy).mode & 0o77, statSync(dirname(copy)).mode & 0o77]).toEqual([0, 0]);
    const unpacked = await spooled(pipe('two', gzipSync('[{"x": 1}]')), undefined, patient);
    expect([unpacked.endsWith('.json'), readFileSync(unpacked, 'utf8')]).toEqual([true, '[{"x": 1}]']);
    expect(await spooled(pipe('three', table), 'tsv', patient)).toMatch(/\.tsv$/);
  });

  test('is refused in one line where it is no data', async () => {
    const refused = (name: string, bytes: string | Uint8Array): Promise<unknown> =>
      expect(spooled(pipe(name, bytes), undefined, patient)).rejects.toThrow(
        /^.*: expected (CSV, TSV, JSON, Parquet, Arrow or \.npy data|data that can be read), got (nothing|a zip archive or a spreadsheet|binary data of an unknown format|compressed bytes that are damaged \(.*\)); check/,
      );
    await refused('empty', '');
    await refused('zip', 'PK\x03\x04');
    await refused('binary', new Uint8Array([1, 0, 2]));
    await refused('cut', gzipSync(table.repeat(99)).subarray(0, 30));
  });

  test('ends at once when the signal is aborted, though nobody writes to it any more', async () => {
    for (const write of [false, true]) {
      const path = pipe(`waits ${write}`);
      const writer = write ? createWriteStream(path) : undefined;
      writer?.write('x\n1\n');
      const controller = new AbortController();
      const work = spooled(path, undefined, controller.signal);
      setTimeout(() => controller.abort(new Error('enough')), 100);
      await expect(work).rejects.toThrow('enough');
      writer?.destroy();
    }
  });

  test.each([
    ['parquet', 'PAR1..'],
    ['arrow', 'ARROW1..'],
    ['npy', '\x93NUMPY'],
    ['json', '\ufeff [1]'],
    ['json', '{"a": 1}'],
    ['csv', 'a;b\n'],
  ])('is %s if it begins so', (format, text) => {
    const bytes = text.startsWith('\x93') ? Buffer.from(text, 'latin1') : Buffer.from(text);
    expect(sniff(bytes)).toEqual({ kind: 'data', format });
  });
});

describe('standard input', () => {
  test('is data to fit, named - or not at all; names of files in messages are its own', async () => {
    const bytes = readFileSync(faithful);
    const named = await otmix(folder.path, ['fit', '-', '-k', '2', '-q', '--out', 'm.json'], {
      stdin: gzipSync(bytes),
    });
    expect([named.status, named.stderr]).toEqual([0, '']);
    expect(named.stdout).toContain('to 272 rows of eruptions, waiting');
    const wrong = await otmix(folder.path, ['fit', '-k', '2', '-q'], { stdin: 'x\n1\noops\n2\n' });
    expect([wrong.status, wrong.stdout]).toEqual([2, '']);
    expect(wrong.stderr).toMatch(/^otmix: standard input: expected .*; .*\n$/);
    expect(wrong.stderr).not.toContain('otmix-');
  });

  test('is rows to predict, whose labels go to standard output as CSV', async () => {
    const { status, stdout, stderr } = await otmix(folder.path, ['predict', 'm.json', '/dev/stdin', '-q'], {
      shell: `exec < '${faithful}'`,
    });
    expect([status, stderr]).toEqual([0, '']);
    const { columns, rows } = csv(stdout);
    expect(columns).toEqual(['row', 'label', 'log_density']);
    expect(rows).toHaveLength(272);
  });

  test('may be a model, but not model and data', async () => {
    const stdin = readFileSync(`${folder.path}/m.json`);
    const drawn = await otmix(folder.path, ['sample', '-', '-n', '3'], { stdin });
    expect(csv(drawn.stdout).rows).toHaveLength(3);
    const both = await otmix(folder.path, ['predict', '-'], { stdin });
    expect(both.stderr).toBe(
      'otmix: predict: expected a model and data, got - for both; name a file for one of them\n',
    );
  });
});

test('a second signal ends the command whatever it waits for, after what is to be done before', async () => {
  const built = (name: string): string => JSON.stringify(inCheckout(`dist/src/cli/${name}.js`));
  const code = `const { catchInterrupts } = await import(${built('interruption')});
    const { beforeEnd } = await import(${built('last-words')});
    const fs = await import('node:fs');
    beforeEnd(() => fs.writeSync(1, 'last words'));
    catchInterrupts();
    process.once('SIGTERM', () => fs.writeSync(1, 'caught '));
    fs.open(${JSON.stringify(pipe('blocked'))}, 'r', () => undefined);
    setInterval(() => undefined, 1000);
    fs.writeSync(1, 'ready ');`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.on('data', (bytes: Buffer) => {
    said += String(bytes);
    // One that comes before the first was caught would be lost.
    if (said === 'ready ' || said === 'ready caught ') child.kill('SIGTERM');
  });
  expect(await once(child, 'close')).toEqual([null, 'SIGTERM']);
  expect(said).toBe('ready caught last words');
});
