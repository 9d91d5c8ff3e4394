/** What was computed is not lost when something fails late: full disks, folders removed, readers that have gone. */
import { lstatSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { deliver, type Findings } from '../../src/cli/delivery.js';
import { endingOf, Remainder } from '../../src/cli/failure.js';
import { outputPlaces } from '../../src/cli/outputs.js';
import { elsewhere } from '../../src/cli/rescue.js';
import { rowWriter } from '../../src/cli/rows.js';
import { fitMixture, loadMixture, type Mixture } from '../../src/index.js';
import { csv, faithful, otmix, temporaryFolder } from './otmix.js';

const folder = temporaryFolder();
let mixture: Mixture;
beforeAll(async () => {
  ({ mixture } = await fitMixture([[1], [2], [4]], { components: 1 }));
  mkdirSync(`${folder.path}/here`);
});
beforeEach(() => void vi.spyOn(process, 'cwd').mockReturnValue(`${folder.path}/here`));
afterEach(() => vi.restoreAllMocks());

/** Delivers into places; answers what was printed and how the command would end. */
async function delivered(places: { out?: string; report?: string; json?: true }): Promise<[string, string]> {
  let printed = '';
  const output = vi.spyOn(process.stdout, 'write').mockImplementation((text, ...rest) => {
    printed += String(text);
    (rest.at(-1) as () => void)();
    return true;
  });
  const found: Findings = {
    mixture,
    seconds: () => ({ total: 1 }),
    summary: () => 'summary\n',
    ending: () => 'all is well\n',
    json: () => ({ k: 1 }),
    report: () => Promise.resolve('<html>'),
  };
  const failure: unknown = await deliver(found, places).catch((error: unknown) => error);
  const errors = failure instanceof AggregateError ? (failure.errors as unknown[]) : [failure];
  const lines = errors.map((error) => (error === undefined ? 'fine' : JSON.stringify(endingOf(error))));
  output.mockRestore();
  return [printed, lines.join('\n')];
}

describe('a result', () => {
  test('is printed and kept elsewhere where model and report have no place left', async () => {
    const gone = `${folder.path}/gone`;
    const [printed, line] = await delivered({ out: `${gone}/m.json`, report: `${gone}/r.html` });
    expect(printed).toBe('summary\n');
    const here = `${folder.path}/here`;
    expect(line).toMatch(
      /^{"status":2,.*m\.json: expected .*, got ENOENT; .*; the model is in .*here\/m\.json"}\n{"status":2,/,
    );
    expect((await loadMixture(`${here}/m.json`)).means).toEqual(mixture.means);
    expect(readFileSync(`${here}/r.html`, 'utf8')).toBe('<html>');
    expect(statSync(`${here}/m.json`).mode & 0o077).toBe(0);
    // once more: nothing is overwritten
    const [object, next] = await delivered({ out: `${gone}/m.json`, json: true });
    expect(JSON.parse(object)).toEqual({ k: 1 });
    expect(next).toContain('the model is in');
    expect(next).toContain('here/m-2.json');
  });

  test('goes to a private folder where the current one can’t be written to either', async () => {
    vi.mocked(process.cwd).mockReturnValue(`${folder.path}/nowhere`);
    const kept = await elsewhere(`${folder.path}/gone/m.json`, (path) => mixture.save(path));
    expect(kept).toMatch(/otmix-\w+\/m\.json$/);
    expect(await elsewhere('m.json', () => Promise.reject(new Error('full')))).toBeUndefined();
  });

  test('is printed and saved although the disk is full, and the line says so', async () => {
    const args = [
      'fit',
      faithful,
      '-k',
      '2',
      '-q',
      '--backend',
      'wasm',
      '--out',
      'full.json',
      '--report',
      'full.html',
      '--json',
    ];
    const { status, stdout, stderr } = await otmix(folder.path, args, { shell: 'ulimit -f 1' });
    expect((JSON.parse(stdout) as { k: number }).k).toBe(2);
    expect(stderr).toMatch(
      /^otmix: .*full\.json: .*EFBIG.*; the model is in what was printed\notmix: .*full\.html: .*EFBIG.*\n$/,
    );
    expect([status, readdirSync(folder.path).filter((name) => name.includes('full'))]).toEqual([2, []]);
  });

  test('is saved where standard output takes nothing, asked for or not', async () => {
    const fit = ['fit', faithful, '-k', '2', '-q'];
    const full = await otmix(folder.path, fit, { shell: 'exec >/dev/full' });
    expect([full.status, full.stderr]).toEqual([
      2,
      expect.stringMatching(/ENOSPC; .*; the model is in .*otmix-model\.json\n$/),
    ]);
    expect((await loadMixture(`${folder.path}/otmix-model.json`)).k).toBe(2);
    const closed = await otmix(folder.path, [...fit, '--out', 'closed.json'], { shell: 'exec >&-' });
    expect((await loadMixture(`${folder.path}/closed.json`)).k).toBe(2);
    expect(closed.stderr).not.toContain('fault');
  });
});

describe('rows', () => {
  const rows = Array.from({ length: 1000 }, (_, i) => [i, i / 2]);

  test('are kept when no more can be written, and the failure says how many', async () => {
    const place = `${folder.path}/part.csv`;
    const writer = rowWriter(place, ['a', 'b'], ['INTEGER', 'DOUBLE']);
    await writer.write(rows);
    const failure = await writer.failed(new Error('no more'));
    expect(failure).toBeInstanceOf(Remainder);
    expect((failure as Remainder).left).toBe(`the first 1,000 rows are in ${place}`);
    expect(csv(folder.read('part.csv')).rows).toHaveLength(1000);
    const none = rowWriter(`${folder.path}/none.csv`, ['a'], ['INTEGER']);
    const error = new Error('nothing');
    expect(await none.failed(error)).toBe(error);
    expect(folder.names()).not.toContain('none.csv');
  });

  test('are kept elsewhere when their folder is removed under way', async () => {
    mkdirSync(`${folder.path}/short`);
    const writer = rowWriter(`${folder.path}/short/rows.csv`, ['a', 'b'], ['INTEGER', 'DOUBLE']);
    await writer.write(rows);
    const { rmSync } = await import('node:fs');
    rmSync(`${folder.path}/short`, { recursive: true });
    const error: unknown = await writer.commit().catch((cause: unknown) => cause);
    const { left } = (await writer.failed(error)) as Remainder;
    const [, path] = /^the first 1,000 rows are in (.*)$/.exec(left) ?? [];
    expect(csv(readFileSync(path, 'utf8')).rows).toHaveLength(1000);
  });

  test('of a prediction that fills the disk are kept in whole lines', async () => {
    await mixture.save(`${folder.path}/one.json`);
    folder.write('many.csv', `x0\n${Array.from({ length: 9000 }, (_, i) => `${i % 7}.5\n`).join('')}`);
    const args = ['predict', 'one.json', 'many.csv', '--out', 'labels.csv'];
    const { status, stderr } = await otmix(folder.path, args, { shell: 'ulimit -f 100' });
    const [, count] = /EFBIG.*; the first ([\d,]+) rows are in .*labels\.csv\n$/.exec(stderr) ?? [];
    expect(status).toBe(2);
    const kept = csv(folder.read('labels.csv')).rows;
    expect(kept).toHaveLength(Number(count.replace(',', '')));
    expect(kept.length).toBeGreaterThan(0);
    expect(kept.at(-1)).toHaveLength(3);
  });
});

describe('a place', () => {
  test('keeps the mode of its file, and a link stays a link', async () => {
    folder.write('private.json', 'old');
    const { chmodSync } = await import('node:fs');
    chmodSync(`${folder.path}/private.json`, 0o640);
    symlinkSync('target.json', `${folder.path}/dangling.json`);
    symlinkSync('dangling.json', `${folder.path}/twice.json`);
    await mixture.save(`${folder.path}/private.json`);
    expect(statSync(`${folder.path}/private.json`).mode & 0o777).toBe(0o640);
    await mixture.save(`${folder.path}/twice.json`);
    expect(lstatSync(`${folder.path}/dangling.json`).isSymbolicLink()).toBe(true);
    expect((await loadMixture(`${folder.path}/target.json`)).k).toBe(1);
    const { '--out': place } = await outputPlaces({ '--out': `${folder.path}/twice.json` }, []);
    expect(place).toBe(`${folder.path}/target.json`);
    symlinkSync('loop.json', `${folder.path}/loop.json`);
    await expect(outputPlaces({ '--out': `${folder.path}/loop.json` }, [])).rejects.toThrow(
      'a link that leads to itself',
    );
  });

  test('keeps its mode under rows too', async () => {
    const { chmodSync } = await import('node:fs');
    chmodSync(folder.write('secret.csv', 'old'), 0o600);
    const writer = rowWriter(`${folder.path}/secret.csv`, ['a'], ['INTEGER']);
    await writer.write([[1]]);
    await writer.commit();
    expect([statSync(`${folder.path}/secret.csv`).mode & 0o777, folder.read('secret.csv')]).toEqual([0o600, 'a\n1\n']);
  });
});
