/** What a model file of ONNX has; what runtimes make of it is CI's (scripts/exports-check.mjs). */
import { describe, expect, test } from 'vitest';
import { fitMixture, negativeBinomial, poisson, product, categorical } from '../../../src/index.js';
import type { Mixture } from '../../../src/mixture/mixture.js';
import { forms, mixtureOf, overlapping } from '../setting.js';
import { fieldsOf, messagesOf, textOf } from './reader.js';

/** Names of nodes' operators, inputs and outputs with their types, and metadata. */
function graphOf(mixture: Mixture, precision?: 'float32' | 'float64') {
  const model = fieldsOf(mixture.toOnnx({ precision }));
  const [graph] = messagesOf(model, 7);
  const port = (field: number): string[] =>
    messagesOf(graph, field).map((one) => {
      const [type] = messagesOf(messagesOf(one, 2)[0], 1);
      return `${textOf(one, 1)}: ${String(type.get(1)?.[0])}`;
    });
  return {
    operators: messagesOf(graph, 1).map((node) => textOf(node, 4)),
    constants: messagesOf(graph, 5).map((one) => ({ shape: (one.get(1) ?? []).map(Number), raw: one.get(9)?.[0] as Buffer })), // prettier-ignore
    inputs: port(11),
    outputs: port(12),
    metadata: Object.fromEntries(messagesOf(model, 14).map((entry) => [textOf(entry, 1), textOf(entry, 2)])),
    opset: Number(messagesOf(model, 8)[0].get(2)?.[0]),
  };
}

const counts = Array.from({ length: 60 }, (_, i) => [(i % 7) + 20 * (i % 2), i % 5]);

describe('toOnnx', () => {
  test.each(forms)('takes differences from %s means first', (form) => {
    const { operators, inputs, outputs, metadata, opset, constants } = graphOf(mixtureOf(overlapping.truth, form));
    expect(operators.indexOf('Sub')).toBeLessThan(operators.findIndex((name) => name === 'MatMul' || name === 'Mul'));
    expect(operators.includes('MatMul')).toBe(form === 'full' || form === 'tied');
    expect(operators.slice(-1)).toEqual(['Identity']);
    expect([inputs, outputs]).toEqual([['rows: 11'], ['labels: 7', 'responsibilities: 11', 'log_densities: 11']]);
    expect(metadata).toEqual({ family: 'gaussian', columns: '["x0","x1","x2"]' });
    expect(opset).toBe(13);
    const means = constants.find(({ shape }) => shape.join() === '3,1,3')?.raw;
    expect(means?.readDoubleLE(0)).toBe(overlapping.truth.means[0][0]);
  });

  test('holds means in two parts in float32', () => {
    const { inputs, constants } = graphOf(mixtureOf(overlapping.truth), 'float32');
    expect(inputs).toEqual(['rows: 1']);
    const [high, low] = constants.filter(({ shape }) => shape.join() === '3,1,3').map(({ raw }) => raw.readFloatLE(0));
    const mean = overlapping.truth.means[0][0];
    expect(high).toBe(Math.fround(mean));
    expect(Math.abs(high + low - mean)).toBeLessThan(1e-14 * Math.abs(mean));
  });

  test('has the columns of each factor, and levels', async () => {
    const rows = counts.map(([visits], i) => ({ visits, level: i % 3 ? 'b' : 'a' }));
    const family = product([
      { columns: ['level'], family: categorical() },
      { columns: ['visits'], family: poisson() },
    ]);
    const { mixture } = await fitMixture(rows, { components: 2, family, maxIterations: 3, backend: 'wasm' });
    const { operators, metadata } = graphOf(mixture);
    expect(operators.filter((name) => name === 'MatMul')).toHaveLength(2);
    expect(JSON.parse(metadata.levels)).toEqual([null, ['a', 'b']]);
  });

  test('refuses in one line what it has no operators for', async () => {
    const family = negativeBinomial({ size: 2 });
    const { mixture } = await fitMixture(counts, { components: 2, family, maxIterations: 2, backend: 'wasm' });
    expect(() => mixture.toOnnx()).toThrow(/^toOnnx: expected families among gaussian, .*, got negativeBinomial of a given size; save the model as JSON$/); // prettier-ignore
    const other = await fitMixture(counts, { components: 2, family: poisson(), maxIterations: 2, backend: 'wasm' });
    expect(() => other.mixture.toOnnx({ precision: 'float32' })).toThrow('toOnnx: expected families among gaussian, studentT in float32, got poisson; export in float64, which is the default'); // prettier-ignore
    expect(() => other.mixture.toOnnx({ precision: 'half' as 'float32' })).toThrow(/toOnnx: precision: expected .*float64.*half/); // prettier-ignore
  });
});
