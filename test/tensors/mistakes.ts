/** What callers of the functions on tensors get told, message by message. */
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { onBackend } from '../../kernels/engine.js';
import { InputError, logCost, type InputErrorCode } from '../../src/index.js';
import { startTfjsWasm } from '../devices.js';

/** Tensors that the calls are made with; there while the tests of a file run. */
export let x: tf.Tensor2D;
export let cost: tf.Tensor2D;
/** On another backend than these. */
export let elsewhere: tf.Tensor;

export const means = [
  [0, 0],
  [1, 1],
  [2, 2],
];

/** What is wrong, the call, the code of its error and the message. */
export type Mistake = readonly [string, () => unknown, InputErrorCode, string];

/** Tests that each mistake is told, and that no tensor of a file's tests is left behind. */
export function testMistakes(where: string, mistakes: readonly Mistake[]): void {
  let before: number;

  beforeAll(async () => {
    await tf.ready();
    await startTfjsWasm();
    before = tf.memory().numTensors;
    x = tf.zeros([5, 2]);
    cost = tf.zeros([5, 3]);
    elsewhere = onBackend(tf.getBackend() === 'wasm' ? 'cpu' : 'wasm', () => tf.zeros([3, 2]));
  });

  afterAll(() => {
    expect(tf.memory().numTensors - 3, 'tensors left behind').toBe(before);
    tf.dispose([x, cost, elsewhere]);
  });

  test.each(mistakes)(`says what is wrong with ${where}: %s`, (_, act, code, message) => {
    expectError(act, code, message);
  });
}

/** `logCost` of three components. */
export const call = (options: object, rows: unknown = x): unknown => logCost(rows as tf.Tensor, { means, ...options });

/** A call on a tensor of its own, which is disposed. */
export const on = (make: () => tf.Tensor, use: (tensor: tf.Tensor) => unknown): unknown => {
  const tensor = make();
  try {
    return use(tensor);
  } finally {
    tensor.dispose();
  }
};

function expectError(act: () => unknown, code: InputErrorCode, message: string): void {
  let caught: unknown;
  try {
    act();
  } catch (error) {
    caught = error;
  }
  expect(caught).toBeInstanceOf(InputError);
  const here = tf.getBackend();
  const named = message.replaceAll('<here>', here).replaceAll('<there>', here === 'wasm' ? 'cpu' : 'wasm');
  expect((caught as InputError).message).toBe(named);
  expect((caught as InputError).code).toBe(code);
}
