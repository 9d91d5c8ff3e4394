/** Holds what came of kernels to what is recorded. */

/** What a compiler made of a kernel; bounds in percent of the peak of multiply-adds. */
export interface Compiled {
  readonly kernel: string;
  /** Of vectors, of a lane. */
  readonly registers: number;
  /** Bytes of memory in place of registers. */
  readonly scratch: number;
  readonly rdna2?: number;
  readonly rdna3?: number;
}

export interface Record {
  /** GPU and driver. */
  readonly compiler: string;
  readonly kernels: readonly Compiled[];
}

/** A bound may fall by so many points: what a constant more or less does. */
const SLACK = 0.5;

/** A line for each kernel that is worse than recorded, or is not among the recorded ones. */
export function failuresOf(recorded: Record, now: Record): string[] {
  const remedy =
    recorded.compiler === now.compiler
      ? 'mend the kernel, or record with --record and say why'
      : `recorded by ${recorded.compiler}, now ${now.compiler}: record anew with --record`;
  return now.kernels.flatMap((kernel) => {
    const before = recorded.kernels.find((one) => one.kernel === kernel.kernel);
    if (!before) return [`${kernel.kernel}: expected a record, got none; record with --record`];
    return worse(before, kernel).map((what) => `${kernel.kernel}: ${what}; ${remedy}`);
  });
}

function worse(before: Compiled, now: Compiled): string[] {
  const more = (['registers', 'scratch'] as const)
    .filter((what) => !(now[what] <= before[what]))
    .map((what) => `expected at most ${before[what]} ${what}, got ${now[what]}`);
  const less = (['rdna2', 'rdna3'] as const)
    .filter((what) => before[what] !== undefined && !((now[what] ?? 0) >= before[what] - SLACK))
    .map((what) => `expected a bound of ${before[what]} % on ${what}, got ${now[what] ?? 'none'}`);
  return [...more, ...less];
}
