/** Machine code as RADV prints it, bounds that follow from it, and what they are held to. */
import { describe, expect, test } from 'vitest';
import { failuresOf, type Compiled, type Record } from '../../bench/gpu/compiled/held.js';
import { momentBounds, planBounds } from '../../bench/gpu/compiled/bounds.js';
import { loopsOf, slotsOf } from '../../bench/gpu/compiled/machine-code.js';
import { momentCuts, momentGeometries } from '../../kernels/webgpu/moments-geometry.js';

/** A loop in a loop: the outer one has BB1 and BB3, the inner one BB2. */
const code = `
BB0:
	v_mov_b32_e32 v0, 0                                         ; 7e000280
BB1:
	v_exp_f32_e32 v1, v0                                        ; 7e024b00
	ds_store_b128 v2, v[4:7] offset:16                          ; db7c0010
BB2:
	ds_load_b128 v[4:7], v2                                     ; dbfc0000
	v_fmac_f32_e32 v1, v4, v5                                   ; 56020b04
	v_dual_fmac_f32 v1, v4, v5 :: v_dual_add_f32 v2, v6, v7     ; c8080b04
	v_add_nc_u32_e32 v3, 4, v3                                  ; 4a060684
	s_cbranch_scc1 BB2                                          ; bfa2fff0
BB3:
	s_branch BB1                                                ; bfa0fff1
BB4:
	s_endpgm                                                    ; bfb00000
`;

describe('machine code', () => {
  test('is counted by loops, each without those inside it', () => {
    const [outer, inner] = loopsOf(code);
    expect(outer).toMatchObject({ begin: 1, end: 3, depth: 0, counts: { fma: 0, rare: 1, sharedWritten: 16 } });
    expect(inner).toMatchObject({ begin: 2, end: 2, depth: 1 });
    expect(inner.counts).toEqual({ fma: 2, simple: 1, integer: 1, rare: 0, sharedRead: 16, sharedWritten: 0 });
  });

  test('takes slots: integers two on RDNA 3, what is rare four and eight', () => {
    const counts = { fma: 10, simple: 4, integer: 3, rare: 2, sharedRead: 0, sharedWritten: 0 };
    expect([slotsOf.rdna2(counts), slotsOf.rdna3(counts)]).toEqual([25, 36]);
  });
});

const counts = { fma: 0, simple: 0, integer: 0, rare: 0, sharedRead: 0, sharedWritten: 0 };

test('a plan is as good as its multiply-adds are of all slots of a component', () => {
  // Three columns: ten multiply-adds for each of four rows, and exponentials by component.
  const main = { begin: 1, end: 1, depth: 0, counts: { ...counts, fma: 40, simple: 20 } };
  const exponentials = { begin: 2, end: 2, depth: 0, counts: { ...counts, simple: 20 } };
  const bounds = planBounds({ form: 'full', d: 3, k: 20 }, [main, exponentials]);
  expect(bounds).toEqual({ rdna2: 0.5, rdna3: 0.5 });
});

test('moments are as good as the lanes that have a component, and what is done for a block besides', () => {
  // 16 columns, 40 components: 160 lanes, of which four share a component, fill three waves. 128 rows are staged at once.
  const size = { form: 'full', d: 16, k: 40 } as const;
  const limits = { maxComputeWorkgroupStorageSize: 2 ** 15, maxStorageBufferBindingSize: 2 ** 30 };
  const [geometry] = momentGeometries(16, 40, momentCuts[0], limits);
  expect(geometry).toMatchObject({ components: 40, shares: 4, rows: 128, workgroup: 160, tiles: 1 });
  const block = { begin: 1, end: 5, depth: 0, counts: { ...counts, simple: 300 } };
  const stage = { begin: 2, end: 4, depth: 1, counts: { ...counts, simple: 50 } };
  const add = { begin: 3, end: 3, depth: 2, counts: { ...counts, fma: 600, simple: 100 } };
  const useful = 153 * 40 * 1024;
  const of = (round: number): number => useful / (192 * (300 + 8 * round));
  expect(momentBounds(size, [{ geometry, loops: [block, stage, add] }])?.rdna2).toBeCloseTo(of(50 + 8 * 700), 12);
  expect(momentBounds(size, [{ geometry, loops: [block, stage] }])?.rdna2).toBeCloseTo(of(50), 12);
});

describe('what is recorded', () => {
  const kernel: Compiled = { kernel: 'plan', registers: 60, scratch: 0, rdna2: 77, rdna3: 74 };
  const record = (changes: Partial<Compiled>, compiler = 'Mesa 25'): Record => {
    return { compiler, kernels: [{ ...kernel, ...changes }] };
  };

  test('holds kernels that are as good or better', () => {
    expect(failuresOf(record({}), record({ registers: 48, rdna3: 80 }))).toEqual([]);
  });

  test.each<[Partial<Compiled>, string]>([
    [{ registers: 64 }, 'expected at most 60 registers, got 64'],
    [{ scratch: 16 }, 'expected at most 0 scratch, got 16'],
    [{ rdna3: 70 }, 'expected a bound of 74 % on rdna3, got 70'],
  ])('is missed by a worse one, %o', (changes, what) => {
    expect(failuresOf(record({}), record(changes))).toEqual([
      `plan: ${what}; mend the kernel, or record with --record and say why`,
    ]);
  });

  test('says so where another compiler made it, or nothing is recorded', () => {
    const [other] = failuresOf(record({}), record({ registers: 64 }, 'Mesa 26'));
    expect(other).toMatch('recorded by Mesa 25, now Mesa 26: record anew with --record');
    expect(failuresOf({ compiler: 'Mesa 25', kernels: [] }, record({}))).toHaveLength(1);
  });
});
