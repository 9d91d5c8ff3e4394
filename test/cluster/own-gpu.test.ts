/** Workers of one machine have a GPU each: what the device selection layer of Mesa is told, by what it lists. */
import { describe, expect, test } from 'vitest';
import { variablesOf } from '../../src/cluster/worker/own-gpu.js';

const two = `WARNING: lavapipe is not a conformant vulkan implementation
selectable devices:
  GPU 0: 8086:46a6 "Intel(R) Graphics (ADL GT2)" integrated GPU 0000:00:02.0
  GPU 1: 10de:2330 "NVIDIA H100 80GB HBM3" discrete GPU 0000:19:00.0
  GPU 2: 10de:2330 "NVIDIA H100 80GB HBM3" discrete GPU 0000:3b:00.0
  GPU 3: 10005:0 "llvmpipe (LLVM 15.0.6, 256 bits)" CPU
`;

describe('the variables that show one GPU alone', () => {
  test('name it by its place on the bus, since GPUs of one make have the same id', () => {
    expect(variablesOf(0, two)).toEqual({ DRI_PRIME: 'pci-0000_19_00_0!' });
    expect(variablesOf(1, two)).toEqual({ DRI_PRIME: 'pci-0000_3b_00_0!' });
  });

  test('name a driver that computes on the CPU by its id', () => {
    const software = `selectable devices:
  GPU 0: 1ae0:c0de "SwiftShader Device (Subzero)" CPU
  GPU 1: 10005:0 "llvmpipe (LLVM 15.0.6, 256 bits)" CPU
`;
    expect(variablesOf(0, software)).toEqual({ MESA_VK_DEVICE_SELECT: '1ae0:c0de!' });
    expect(variablesOf(1, software)).toEqual({ MESA_VK_DEVICE_SELECT: '10005:0!' });
  });

  test('are none where there is no such GPU, and where nothing is listed', () => {
    expect(variablesOf(2, two)).toEqual({});
    expect(variablesOf(0, '')).toEqual({});
    expect(variablesOf(Number.NaN, two)).toEqual({});
  });
});
