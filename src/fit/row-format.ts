import type { RowFormat } from '../../kernels/webgpu/rows.wgsl.js';
import type { Device } from '../backend/backend.js';
import { requireOneOf } from '../base/check.js';
import { InputError } from '../base/errors.js';
import type { PackedShape } from '../sweep/model.js';
import type { MissingPolicy } from '../data/blocks.js';
import { rowFormats, type PrecisionChoice } from './choices.js';

export type { RowFormat };

/** What of a fit's settings decides whether rows may be rounded. */
interface Asked {
  readonly rows: RowFormat;
  readonly precision: PrecisionChoice;
  readonly missing: MissingPolicy;
  readonly cluster?: unknown;
}

/** Throws `InputError` for what is no format, and for options that don't go with float16. */
export function requireRowFormat({ rows, precision, missing, cluster }: Asked): void {
  requireOneOf('rows', rows, rowFormats);
  if (rows === 'float32') return;
  if (precision === 'float64') throw refused('precision auto or float32', 'precision float64');
  if (missing === 'model') throw refused('missing error or drop', 'missing model');
  if (cluster !== undefined) throw refused('no cluster', 'one');
}

/** Throws `InputError('unsupported')` where this device does not hold rows of such models in float16. */
export function requireHolds(
  { rows }: Pick<Asked, 'rows'>,
  { name, float16 = false }: Pick<Device, 'name' | 'float16'>,
  { linear, quadratic }: PackedShape,
): void {
  if (rows === 'float32') return;
  if (!float16) throw refused('backend webgpu', `backend ${name}`);
  if (linear || quadratic.length !== 1) throw refused('Gaussian or Student-t components', 'a family of other factors');
}

function refused(expected: string, got: string): InputError {
  return new InputError('unsupported', {
    where: 'rows',
    expected: `${expected} with float16`,
    got,
    remedy: 'leave rows out, for float32',
  });
}
