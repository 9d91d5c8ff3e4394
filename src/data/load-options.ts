import type { Device, RowsOptions } from '../backend/backend.js';
import type { RowCoding, SweptNumber } from '../families/row-coding.js';
import { scaledBy, type Scaling } from '../families/scaling.js';
import type { ShardBuilder } from '../sweep/builder.js';
import { HostBuilder } from '../sweep/exact/host.js';
import type { SpillLimit } from '../sweep/spilled/limit.js';
import type { MissingPolicy } from './blocks.js';
import type { Encode } from './coordinates.js';
import type { Source } from './source.js';

/** How rows are loaded. */
export interface LoadOptions extends Pick<RowsOptions, 'trials' | 'format' | 'linear'> {
  /** Where the rows are to be swept. */
  readonly device: Pick<Device, 'rows' | 'tensorRows' | 'gappedRows' | 'float64Rows'>;
  /** What rows may take of memory, and where they go beyond; default no limit. */
  readonly spill?: Pick<SpillLimit, 'memory' | 'asked' | 'folder' | 'direct'> | undefined;
  readonly missing: MissingPolicy;
  readonly sampleWeights?: ArrayLike<number> | undefined;
  /** One scale for all columns. Ignored where `scaling` is given. */
  readonly commonScale?: boolean;
  /** Whether numbers that are swept may be missing: rows are then held in float64 on the CPU. */
  readonly gaps?: boolean | undefined;
  /** How a family codes rows; left out where columns are swept as they are. */
  readonly coding?: RowCoding | undefined;
  /** The coordinates of columns of these means and variances; default scales of their own, or a common one. */
  readonly encode?: Encode | undefined;
  /** Coordinates to use; without it they come from the rows. */
  readonly scaling?: Scaling;
  /** The unit of weights to use with them, of rows that are part of more: they may then all weigh nothing. */
  readonly weightUnit?: number;
  readonly signal?: AbortSignal | undefined;
  readonly onRows?: (rows: number) => void;
}

export function encodeOf({ encode, commonScale = false }: Pick<LoadOptions, 'encode' | 'commonScale'>): Encode {
  return encode ?? ((columns) => scaledBy(columns, commonScale));
}

/** The numbers that rows are swept by. */
export function sweptOf(
  { columns }: Pick<Source, 'columns'>,
  { coding }: Pick<LoadOptions, 'coding'>,
): readonly SweptNumber[] {
  return coding?.swept(columns) ?? columns.map((name, column) => ({ name, column }));
}

/** Takes rows of d columns that may lack values: where the device has no place for them, in the host's memory. */
export function gappedRows(device: Pick<Device, 'gappedRows'>, d: number, limit?: SpillLimit): ShardBuilder {
  return device.gappedRows?.(d, limit) ?? new HostBuilder(d);
}

/** Rows that pass the gate at once: enough for a fair first guess of mean and scale, in at most 32 MiB. */
export function gateRows(d: number): number {
  return Math.max(1024, Math.min(65_536, 2 ** Math.floor(Math.log2(2 ** 22 / d))));
}
