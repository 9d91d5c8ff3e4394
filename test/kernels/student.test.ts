import { beforeAll, expect, test } from 'vitest';
import { nodeDevices, simd, startTfjsWasm } from '../devices.js';
import { describeStudent, withRows } from './linear-parity.js';
import { modelOf } from './linear-problem.js';
import { studentCases } from './parity-cases.js';

beforeAll(startTfjsWasm);

for (const [name, device] of Object.entries(nodeDevices)) {
  if (name.startsWith('composites')) describeStudent(name, device);
}

test('kernels that know no Student-t refuse it', async () => {
  await withRows(simd(1), studentCases[2], async ({ one, shard }) => {
    const model = modelOf(one);
    await expect(shard.sweep([{ model }])).rejects.toThrow('Gaussian quadratic terms were expected');
    await expect(shard.rows(model)[Symbol.asyncIterator]().next()).rejects.toThrow(RangeError);
  });
});
