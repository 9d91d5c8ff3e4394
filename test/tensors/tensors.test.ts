import * as tf from '@tensorflow/tfjs';
import { beforeAll } from 'vitest';
import { startTfjsWasm } from '../devices.js';
import { describeTensors } from './parity.js';

beforeAll(async () => {
  await tf.ready();
  await startTfjsWasm();
});

describeTensors('cpu', 'cpu');
describeTensors('wasm', 'wasm');
