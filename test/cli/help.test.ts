import { describe, expect, test } from 'vitest';
import { backendNames, resolveBackend, version } from '../../src/index.js';
import { covarianceForms } from '../../kernels/form.js';
import { fitSettings } from '../../src/fit/options.js';
import { otmix, temporaryFolder } from './otmix.js';

const folder = temporaryFolder();
const run = (...args: string[]): ReturnType<typeof otmix> => otmix(folder.path, args);

describe('otmix --help', () => {
  test('lists the commands and says what exit statuses mean; so does otmix alone', async () => {
    const { status, stdout, stderr } = await run('--help');
    expect([status, stderr]).toEqual([0, '']);
    for (const command of ['fit', 'predict', 'select', 'sample', 'doctor']) expect(stdout).toContain(`\n  ${command} `);
    expect(stdout).toMatch(/Exit status: 0; 2 for a mistake[^]*the exit status is 130/);
    expect(await run()).toEqual({ status, stdout, stderr });
  });

  test.each(['fit', 'predict', 'select', 'sample', 'doctor'])('%s has examples', async (command) => {
    const { status, stdout, stderr } = await run(command, '--help');
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toContain(`Usage: otmix ${command} `);
    expect(stdout).toContain(`Examples:\n  otmix ${command}`);
  });

  test('shows the defaults that the library has', async () => {
    const { stdout } = await run('fit', '--help');
    const text = stdout.replace(/\s+/g, ' ');
    const { restarts, seed, tolerance, maxIterations, seeding, missing, backend, marginal } = fitSettings({
      components: 1,
    });
    for (const value of [restarts, seed, tolerance, maxIterations, seeding, missing, backend, marginal.kind]) {
      expect(text).toContain(`(default: ${JSON.stringify(value)})`);
    }
    expect(text).toContain("default 1e-9 of each column's variance, 1e-6 at most"); // regularization
    for (const type of covarianceForms) expect(text).toContain(type);
  });

  test('--version prints the version', async () => {
    expect(await run('--version')).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' });
  });
});

describe('otmix doctor', () => {
  test('says which backends work, which one auto picks, and whether files can be read', async () => {
    const { status, stdout, stderr } = await run('doctor');
    expect([status, stderr]).toEqual([0, '']);
    for (const name of backendNames) expect(stdout).toMatch(new RegExp(`^${name} `, 'm'));
    const { name } = await resolveBackend('auto');
    expect(stdout).toMatch(new RegExp(`^${name} \\* +yes`, 'm'));
    expect(stdout).toContain(`* auto picks ${name}: `);
    // test/vulkan.ts brings a driver.
    expect(stdout).toMatch(/^webgpu .*yes .*\n(.*\n)+ {2}webgpu: buffers of .*\n {2}webgpu: workgroups of /m);
    expect(stdout).toMatch(/^DuckDB: v\S+ loads; CSV, TSV/m);
  });

  test('--json prints the same as one object', async () => {
    const { stdout } = await run('doctor', '--json');
    const findings = JSON.parse(stdout) as { backends: { name: string; reason: string }[] };
    expect(findings).toMatchObject({ otmix: version, node: process.versions.node, duckdb: { usable: true } });
    expect(findings.backends.map(({ name }) => name)).toEqual(backendNames);
    expect(findings.backends.every(({ reason }) => reason.length > 0)).toBe(true);
  });
});
