/** Reads AMD's machine code as RADV prints it: loops, and how many instructions of which kind a round of each has. */

/** Instructions of one round of a loop, without those of loops inside. */
export interface Counts {
  /** Multiply-adds. */
  fma: number;
  /** Other float arithmetic, moves and selects: as dear as a multiply-add. */
  simple: number;
  /** Integer arithmetic: half as fast on RDNA 3, in waves of 64 lanes. */
  integer: number;
  /** Exponentials, reciprocals and the like, of a quarter of the rate. */
  rare: number;
  /** Bytes that a lane reads and writes in shared memory. */
  sharedRead: number;
  sharedWritten: number;
}

export interface Loop {
  /** Blocks of code from its first to its last. */
  readonly begin: number;
  readonly end: number;
  /** Loops around it. */
  readonly depth: number;
  readonly counts: Counts;
}

interface Block {
  readonly name: string;
  readonly counts: Counts;
  /** Blocks that it jumps to. */
  readonly targets: string[];
}

const kinds = [
  ['fma', /^(fma|fmac|fmaak|fmamk|mad|mac)\w*_(f32|legacy)/],
  ['rare', /^(exp|log|rcp|rsq|sqrt|sin|cos)_|^mul_(lo|hi)_[iu]32/],
  ['simple', /^(mov|cndmask|readfirstlane|readlane)/],
  ['simple', /^(add|sub|subrev|mul|max|min|fract|rndne|floor|ldexp|med3|div_\w+)(_legacy)?_f32/],
] as const;

const nothing = (): Counts => ({ fma: 0, simple: 0, integer: 0, rare: 0, sharedRead: 0, sharedWritten: 0 });

/** The loops of a program, outermost first. */
export function loopsOf(code: string): Loop[] {
  const blocks = blocksOf(code);
  const ends = new Map<number, number>();
  for (const [index, { targets }] of blocks.entries()) {
    for (const target of targets) {
      const begin = blocks.findIndex(({ name }) => name === target);
      if (begin !== -1 && begin <= index) ends.set(begin, Math.max(index, ends.get(begin) ?? 0));
    }
  }
  const ranges = [...ends].map(([begin, end]) => ({ begin, end })).sort((a, b) => a.begin - b.begin || b.end - a.end);
  return ranges.map((range) => {
    const inside = ranges.filter((other) => other !== range && holds(range, other));
    const own = blocks.filter(
      (_, at) => holds(range, { begin: at, end: at }) && !inside.some((one) => holds(one, { begin: at, end: at })),
    );
    const depth = ranges.filter((other) => other !== range && holds(other, range)).length;
    return { ...range, depth, counts: own.reduce((sum, { counts }) => added(sum, counts), nothing()) };
  });
}

type Range = Pick<Loop, 'begin' | 'end'>;

export const holds = (outer: Range, inner: Range): boolean => inner.begin >= outer.begin && inner.end <= outer.end;

function added(sum: Counts, more: Counts): Counts {
  const names = Object.keys(sum) as (keyof Counts)[];
  return names.reduce((all, name) => ({ ...all, [name]: sum[name] + more[name] }), sum);
}

function blocksOf(code: string): Block[] {
  const blocks: Block[] = [];
  for (const line of code.split('\n')) {
    const label = /^(BB\d+):/.exec(line);
    if (label) blocks.push({ name: label[1], counts: nothing(), targets: [] });
    const block = blocks.at(-1);
    const text = line.split(';')[0].trim();
    if (label || !block || text === '') continue;
    count(block.counts, text);
    const jump = /^s_c?branch\S*\s+(BB\d+)/.exec(text);
    if (jump) block.targets.push(jump[1]);
  }
  return blocks;
}

/** Adds an instruction, or the two that are one in dual issue. */
function count(into: Counts, text: string): void {
  const names = text.split('::').map((part) => part.trim().split(/\s+/)[0]);
  const [name] = names;
  if (name.startsWith('v_')) {
    for (const one of names) {
      const plain = one.replace(/^v_(dual_)?/, '');
      into[kinds.find(([, pattern]) => pattern.test(plain))?.[0] ?? 'integer']++;
    }
  } else if (name.startsWith('ds_')) {
    into[name.includes('load') ? 'sharedRead' : 'sharedWritten'] += sharedBytes(name);
  }
}

function sharedBytes(name: string): number {
  const bits = Number(/_b(\d+)/.exec(name)?.[1] ?? 32);
  return (bits / 8) * (/_2addr/.test(name) ? 2 : 1);
}

/**
 * Issue slots of a round, in multiply-adds: of RDNA 2, and of RDNA 3 in waves of 64 lanes, where integers are half as fast
 * and its peak of multiply-adds is twice as high.
 */
export const slotsOf = {
  rdna2: ({ fma, simple, integer, rare }: Counts): number => fma + simple + integer + 4 * rare,
  rdna3: ({ fma, simple, integer, rare }: Counts): number => fma + simple + 2 * integer + 8 * rare,
};
