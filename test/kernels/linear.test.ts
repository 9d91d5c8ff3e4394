import { beforeAll } from 'vitest';
import { nodeDevices, startTfjsWasm } from '../devices.js';
import { describeLinear } from './linear-parity.js';

beforeAll(startTfjsWasm);

for (const [name, device] of Object.entries(nodeDevices)) describeLinear(name, device);
