/** What the device can do at most, by micro-kernels: multiply-adds in registers, and bytes through memory. */
import { makeBuffers, STORAGE, USAGE } from '../../kernels/webgpu/buffers.js';
import type { Gpu } from '../../kernels/webgpu/device.js';
import { grid, programOf, type ProgramCode } from '../../kernels/webgpu/program.js';
import { median } from '../iterations.js';
import type { Probe } from './probe.js';

export interface Ceilings {
  /** float32 multiply-adds, two operations each, per second. */
  readonly flops: number;
  /** Bytes read plus bytes written by a copy, per second. */
  readonly copy: number;
  /** Bytes of the buffer copied. */
  readonly copied: number;
}

const WORKGROUP = 256;
/** Independent chains of four lanes: more than the latency of a multiply-add times its issue rate asks for. */
const CHAINS = 8;
const UNROLLED = 8;
const DISPATCHES = 24;

const each = (count: number, line: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => line(i)).join('\n');

/** So many rounds of CHAINS × UNROLLED multiply-adds of quads in every invocation. */
const multiplyAdds: ProgramCode = {
  label: 'multiply-adds',
  bindings: ['read', 'write'],
  code: /* wgsl */ `
@group(0) @binding(0) var<storage, read> seeds: array<vec4f>; // factor, addend, and rounds in x
@group(0) @binding(1) var<storage, read_write> out: array<vec4f>;
@compute @workgroup_size(${WORKGROUP})
fn main(@builtin(global_invocation_id) id: vec3u) {
  let factor = seeds[0];
  let addend = seeds[1];
  let rounds = u32(seeds[2].x);
  ${each(CHAINS, (i) => `var a${i} = vec4f(f32(id.x) + ${i}.0);`)}
  for (var round = 0u; round < rounds; round++) {
    ${each(UNROLLED, () => each(CHAINS, (i) => `a${i} = fma(a${i}, factor, addend);`))}
  }
  let sum = ${Array.from({ length: CHAINS }, (_, i) => `a${i}`).join(' + ')};
  if (sum.x == -1.0) { out[0] = sum; } // never, which no compiler knows
}`,
};

const QUADS_EACH = 4;

const copyProgram: ProgramCode = {
  label: 'copy',
  bindings: ['read', 'write'],
  code: /* wgsl */ `
@group(0) @binding(0) var<storage, read> source: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> target_: array<vec4f>;
@compute @workgroup_size(${WORKGROUP})
fn main(@builtin(workgroup_id) id: vec3u, @builtin(num_workgroups) count: vec3u, @builtin(local_invocation_index) t: u32) {
  let at = (id.y * count.x + id.x) * ${WORKGROUP * QUADS_EACH}u + t;
  if (at + ${WORKGROUP * (QUADS_EACH - 1)}u >= arrayLength(&target_)) { return; }
  ${each(QUADS_EACH, (i) => `let q${i} = source[at + ${i * WORKGROUP}u];`)}
  ${each(QUADS_EACH, (i) => `target_[at + ${i * WORKGROUP}u] = q${i};`)}
}`,
};

/** Measures both; medians over dispatches after a warm-up. */
export async function ceilingsOf(gpu: Gpu, probe: Probe): Promise<Ceilings> {
  const flops = await multiplyAddRate(gpu, probe);
  const copied = gpu.software ? 2 ** 22 : Math.min(2 ** 29, gpu.limits.maxStorageBufferBindingSize & ~0xffff);
  return { flops, copied, copy: await copyRate(gpu, probe, copied) };
}

async function multiplyAddRate(gpu: Gpu, probe: Probe): Promise<number> {
  const groups = gpu.software ? 16 : 4096;
  const buffers = await makeBuffers(gpu, { seeds: [48, STORAGE], out: [16, STORAGE] } as const);
  try {
    const run = await runner(gpu, probe, multiplyAdds, [buffers.seeds, buffers.out], groups);
    const timed = (rounds: number, count: number): Promise<number> => {
      gpu.device.queue.writeBuffer(buffers.seeds, 0, new Float32Array([...quad(-1), ...quad(0.75), ...quad(rounds)]));
      return run(count);
    };
    await timed(16, 2);
    // As many rounds as take some milliseconds: the start of a dispatch should not show.
    const rounds = Math.max(16, Math.min(2 ** 20, Math.round((16 * 0.005) / (await timed(16, 5)))));
    const operations = groups * WORKGROUP * rounds * CHAINS * UNROLLED * 4 * 2;
    await timed(rounds, 2);
    return operations / (await timed(rounds, DISPATCHES));
  } finally {
    for (const buffer of Object.values(buffers)) buffer.destroy();
  }
}

/** With factor −1 every lane alternates between two numbers of its own: none settles or overflows. */
const quad = (value: number): number[] => [value, value, value, value];

async function copyRate(gpu: Gpu, probe: Probe, bytes: number): Promise<number> {
  const buffers = await makeBuffers(gpu, { from: [bytes, STORAGE], to: [bytes, STORAGE] } as const);
  try {
    const groups = bytes / 16 / QUADS_EACH / WORKGROUP;
    fillWithNumbers(gpu.device, buffers.from, bytes);
    const run = await runner(gpu, probe, copyProgram, [buffers.from, buffers.to], groups);
    await run(2);
    const seconds = await run(DISPATCHES);
    await sameEnds(gpu, buffers.from, buffers.to, bytes);
    return (2 * bytes) / seconds;
  } finally {
    for (const buffer of Object.values(buffers)) buffer.destroy();
  }
}

/** Zeros may move faster than data. */
function fillWithNumbers(device: GPUDevice, buffer: GPUBuffer, bytes: number): void {
  const piece = new Uint32Array(2 ** 20);
  for (let i = 0; i < piece.length; i++) piece[i] = Math.imul(i + 1, 0x9e3779b1) >>> 2;
  for (let at = 0; at < bytes; at += piece.byteLength) {
    device.queue.writeBuffer(buffer, at, piece, 0, Math.min(piece.length, (bytes - at) / 4));
  }
}

/** A copy that did not copy has no bandwidth. */
async function sameEnds(gpu: Gpu, from: GPUBuffer, to: GPUBuffer, bytes: number): Promise<void> {
  const { readback } = await makeBuffers(gpu, { readback: [1024, USAGE.mapRead | USAGE.copyTarget] } as const);
  const encoder = gpu.device.createCommandEncoder();
  encoder.copyBufferToBuffer(from, bytes - 512, readback, 0, 512);
  encoder.copyBufferToBuffer(to, bytes - 512, readback, 512, 512);
  gpu.device.queue.submit([encoder.finish()]);
  await readback.mapAsync(USAGE.mapRead);
  const words = new Uint32Array(readback.getMappedRange());
  const same = words.subarray(0, 128).every((word, i) => word === words[128 + i] && word !== 0);
  readback.destroy();
  if (!same) throw new Error('bench: the copy kernel did not copy; nothing was timed');
}

/**
 * Median seconds of so many dispatches, each in a submission of its own; by timestamps, or the wall clock without them.
 */
async function runner(
  gpu: Gpu,
  probe: Probe,
  code: ProgramCode,
  buffers: readonly GPUBuffer[],
  groups: number,
): Promise<(count: number) => Promise<number>> {
  const { device } = gpu;
  const { pipeline, layout } = await programOf(device, code);
  const entries = buffers.map((buffer, binding) => ({ binding, resource: { buffer } }));
  const group = device.createBindGroup({ layout, entries });
  const size = grid(groups, gpu.limits.maxComputeWorkgroupsPerDimension);
  const dispatch = async (): Promise<void> => {
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, group);
    pass.dispatchWorkgroups(...size);
    pass.end();
    device.queue.submit([encoder.finish()]);
    await device.queue.onSubmittedWorkDone();
  };
  return async (count) => {
    const seconds: number[] = [];
    for (let i = 0; i < count; i++) {
      const started = performance.now();
      let wall = NaN;
      const { seconds: own } = await probe.time(async () => {
        await dispatch();
        wall = (performance.now() - started) / 1000;
      });
      seconds.push(Number.isNaN(own) ? wall : own);
    }
    gpu.check();
    return median(seconds);
  };
}
