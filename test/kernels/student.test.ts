import { beforeAll } from 'vitest';
import { nodeDevices, startTfjsWasm } from '../devices.js';
import { describeStudent } from './linear-parity.js';

beforeAll(startTfjsWasm);

for (const [name, device] of Object.entries(nodeDevices)) describeStudent(name, device);
