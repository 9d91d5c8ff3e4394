import type { TaskForce } from '../../threads/pool.js';
import { sliced } from '../blocks.js';
import type { ShardBuilder } from '../builder.js';
import { encodeExactly, gapVolumes, type Columns, type Encoding } from '../encode.js';
import { expectsRoom, type SpillLimit } from '../spilled/limit.js';
import { PatternFile } from '../spilled/patterns.js';
import { PatternSums } from './facts.js';
import { Patterns, sortRows, type PatternBlock, type SortedRows } from './rows.js';
import { MemoryPatterns, segmentRowsOf } from './segments.js';
import { PatternShard } from './shard.js';

/** Bytes of a row that may lack values: its numbers, its weight, the volume that it lacks, and its place. */
export function patternBytesOfRow(d: number): number {
  return (d + 2) * Float64Array.BYTES_PER_ELEMENT + Int32Array.BYTES_PER_ELEMENT;
}

/** Where rows go that memory has no room for, and how many a segment has. */
export interface PatternOptions {
  /** Left out for no limit. */
  readonly limit?: SpillLimit | undefined;
  /** A multiple of 1024; default `segmentRowsOf` the columns. */
  readonly segmentRows?: number;
}

/**
 * Rows of d columns that may lack values, which are NaN, swept by their patterns on the threads that are held. They lie in
 * memory while they have room there; once they have not, all in a file. The shard says the same either way, bit for bit.
 */
export function patternShardBuilder(
  d: number,
  hold: () => Promise<TaskForce>,
  { limit, segmentRows = segmentRowsOf(d) }: PatternOptions = {},
): ShardBuilder {
  return new PatternBuilder(d, hold, segmentRows, limit);
}

class PatternBuilder implements ShardBuilder {
  /** Rows of the segment at hand. */
  private blocks: PatternBlock[] = [];
  private patterns = new Patterns();
  private filled = 0;
  /** Rows of all segments. */
  private rows = 0;
  private segments: SortedRows[] = [];
  private file: PatternFile | undefined;
  private readonly sums: PatternSums;

  constructor(
    private readonly d: number,
    private readonly hold: () => Promise<TaskForce>,
    private readonly segmentRows: number,
    private readonly limit: SpillLimit | undefined,
  ) {
    this.sums = new PatternSums(d);
  }

  async add(block: Columns, encoding: Encoding): Promise<void> {
    for (let from = 0; from < block.rows;) {
      const to = Math.min(block.rows, from + this.segmentRows - this.filled);
      this.fill(sliced(block, from, to), encoding);
      if (this.filled === this.segmentRows) await this.endSegment();
      from = to;
    }
  }

  async finish(): Promise<PatternShard> {
    if (this.filled > 0) await this.endSegment();
    const { d, sums, segmentRows, segments, file } = this;
    if (!file) return new PatternShard(d, new MemoryPatterns(sums.facts(), segmentRows, segments), await this.hold());
    const held = await file.finish(sums.facts(), segmentRows);
    this.limit?.onSpilled?.(file.size);
    return new PatternShard(d, held, await this.hold());
  }

  discard(): void {
    this.blocks = [];
    this.segments = [];
    this.file?.close();
  }

  private fill(block: Columns, encoding: Encoding): void {
    const { rows } = block;
    const { weightUnit } = encoding;
    const values = encodeExactly(block, encoding, 0, rows);
    const weights = Float64Array.from({ length: rows }, (_, row) => (block.weights?.[row] ?? 1) / weightUnit);
    const patterns = this.patterns.of(values, this.d);
    this.sums.add({ values, weights });
    this.blocks.push({ values, weights, base: gapVolumes(block, encoding), patterns });
    this.filled += rows;
  }

  /** Sorts the rows at hand, and puts them where all lie. */
  private async endSegment(): Promise<void> {
    const { d, limit, patterns } = this;
    const segment = sortRows(this.blocks, d, patterns);
    this.sums.addSegment(segment);
    this.rows += this.filled;
    this.patterns = new Patterns();
    this.filled = 0;
    this.segments.push(segment);
    if (!limit || (!this.file && expectsRoom(patternBytesOfRow(d), this.rows, limit))) return;
    this.file ??= await PatternFile.in(limit, d);
    for (let held = this.segments.shift(); held; held = this.segments.shift()) await this.file.add(held);
  }
}
