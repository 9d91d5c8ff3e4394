import { beforeAll } from 'vitest';
import { nodeDevices, startTfjsWasm } from '../devices.js';
import { describeLinear, describeWithoutLinear, withoutLinear } from './linear-parity.js';

beforeAll(startTfjsWasm);

for (const [name, device] of Object.entries(nodeDevices)) {
  if (withoutLinear.includes(name.startsWith('composites') ? 'composites' : device.name))
    describeWithoutLinear(name, device);
  else describeLinear(name, device);
}
