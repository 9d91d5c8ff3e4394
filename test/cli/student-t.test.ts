/** Student-t components on the command line. */
import { beforeAll, describe, expect, test } from 'vitest';
import { familyFits, familyRows } from '../golden/families.js';
import { expectWithin } from '../within.js';
import { otmix, temporaryFolder } from './otmix.js';

const folder = temporaryFolder();
const published = familyFits.filter(({ family }) => family === 'studentT');
const { rows, counts } = familyRows(published[0]);
const lines = rows.flatMap((row, i) => Array<string>(counts[i]).fill(row.join()));
beforeAll(() => folder.write('geyser.csv', `eruptions,waiting\n${lines.join('\n')}\n`));

interface FitJson {
  readonly family: string;
  readonly degrees: string;
  readonly covariance: string;
  readonly logLikelihood: number;
  readonly components: readonly { readonly degrees: number[]; readonly scales: number[][][] }[];
}

async function fit(...args: string[]): Promise<FitJson> {
  const { status, stdout, stderr } = await otmix(folder.path, ['fit', 'geyser.csv', '-k', '2', ...args, '--json', '-q']); // prettier-ignore
  expect([status, stderr]).toEqual([0, '']);
  return JSON.parse(stdout) as FitJson;
}

describe('otmix fit --family student-t', () => {
  test.each(['student_faithful_nu4_k2', 'student_faithful_nucommon_k2'])('finds the optimum of %s', async (name) => {
    const { options, optimum } = published.find((one) => one.name === name)!;
    const long = ['--restarts', '10', '--tolerance', '1e-10', '--max-iterations', '2000', '--regularization', '0'];
    const { logLikelihood, degrees } = await fit('--family', `student-t(${options!.degrees})`, ...long);
    expectWithin(logLikelihood / optimum.logLikelihood, 1, 1e-6);
    expect(degrees).toBe(options!.degrees);
  });

  test('takes --covariance, which degrees of freedom leave open', async () => {
    for (const family of ['student-t', 'student-t(4)']) {
      const { covariance, components } = await fit('--family', family, '--covariance', 'diag');
      expect(covariance).toBe('diag');
      expect(components[0].scales[0][0][1]).toBe(0);
    }
    expect((await fit('--family', 'student-t(each,tied)')).covariance).toBe('tied');
  });

  test('shows degrees of freedom, and goes on to predict, sample and report', async () => {
    const args = ['fit', 'geyser.csv', '-k', '2', '--family', 'student-t(4)', '--out', 't.json', '--report', 't.html'];
    const { status, stdout } = await otmix(folder.path, args);
    expect(status).toBe(0);
    expect(stdout).toContain('2 Student-t components with full scale matrices and 4 degrees of freedom');
    expect(stdout).toMatch(/component +weight +eruptions +waiting +degrees\n.* 4\.00\n/);
    const predicted = await otmix(folder.path, ['predict', 't.json', 'geyser.csv']);
    expect(predicted.stdout.trim().split('\n')).toHaveLength(1 + lines.length);
    const drawn = await otmix(folder.path, ['sample', 't.json', '-n', '20']);
    expect(drawn.stdout.trim().split('\n')).toHaveLength(21);
  });

  test('is told from Gaussians in a choice', async () => {
    const args = ['select', 'geyser.csv', '-k', '2', '--family', 'student-t', '--family', 'gaussian', '--covariance', 'full']; // prettier-ignore
    const { stdout } = await otmix(folder.path, args);
    expect(stdout).toMatch(/2 +student-t\(each,full\) .*<- lowest bic/);
  });

  test('beside Gaussian columns says where it is swept', async () => {
    const { stdout } = await otmix(folder.path, ['fit', 'geyser.csv', '-k', '2', '--family', 'student-t:eruptions,gaussian:waiting', '--max-iterations', '5']); // prettier-ignore
    expect(stdout).toContain('Student-t columns beside Gaussian ones are swept on the host, in float64');
  });
});
