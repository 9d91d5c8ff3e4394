/** The parity suite on libtensorflow, where `sh scripts/with-tensorflow.sh` asks for it: an absent one is a failure then. */
import { describe, expect, test } from 'vitest';
import { probeBackend } from '../../src/backend/resolve.js';
import { describeLinear } from './linear-parity.js';
import { describeParity } from './parity.js';
import { cases } from './parity-cases.js';
import { faithful, otmix, temporaryFolder } from '../cli/otmix.js';
import { tensors, wantedBackends } from '../devices.js';
import { expectWithin } from '../within.js';

const { usable, reason, adapter } = await probeBackend('tensorflow');
const wanted = wantedBackends.length > 0;
const folder = temporaryFolder();

if (usable) {
  describeParity('composites on tensorflow', tensors('tensorflow'), cases);
  describeLinear('composites on tensorflow', tensors('tensorflow'));

  test('the command fits, predicts and examines on tensorflow', async () => {
    const results = [];
    for (const backend of ['tensorflow', 'wasm']) {
      const args = ['fit', faithful, '-k', '2', '--json', '-q', '--out', `${backend}.json`, '--backend', backend];
      const { status, stdout, stderr } = await otmix(folder.path, args);
      expect([status, stderr]).toEqual([0, '']);
      results.push(JSON.parse(stdout) as { backend: string; logLikelihood: number });
    }
    expect(results.map((result) => result.backend)).toEqual(['tensorflow', 'wasm']);
    expectWithin(results[0].logLikelihood / results[1].logLikelihood, 1, 1e-6, 'log-likelihood');
    const predicted = ['tensorflow', 'wasm'].map((backend) => otmix(folder.path, ['predict', 'wasm.json', faithful, '--backend', backend])); // prettier-ignore
    const [own, other] = (await Promise.all(predicted)).map(({ stdout }) => stdout.split('\n').map((line) => line.split(',')[0])); // prettier-ignore
    expect(own).toEqual(other);
    expect((await otmix(folder.path, ['doctor'])).stdout).toMatch(/^tensorflow +yes +(yes|no) +libtensorflow \d/m);
  });
}

describe('tensorflow', () => {
  test(
    wanted ? 'is there, as was asked for, and says what it is' : 'is there and says what it is, or why it is not',
    () => {
      expect(usable || !wanted, reason).toBe(true);
      if (usable) expect(adapter).toMatch(/^libtensorflow \d+\.\d+\.\d+\S* on (the CPU|CUDA)$/);
      else expect(reason).toMatch(/^neither @tensorflow\/tfjs-node-gpu nor @tensorflow\/tfjs-node is installed$/);
    },
  );
});
