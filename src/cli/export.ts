import type { Command } from 'commander';
import { InputError } from '../base/errors.js';
import { writeText } from '../base/storage.node.js';
import type { OnnxPrecision } from '../mixture/export/onnx.js';
import type { Mixture } from '../mixture/mixture.js';
import { mixtureOf } from './input.js';
import { catchInterrupts } from './interruption.js';
import { outputPlaces, requireExtension } from './outputs.js';
import { oneOf } from './parsers.js';
import { write } from './standard-output.js';
import { missingOption } from './usage.js';

const formats = ['onnx', 'sklearn', 'json'] as const;
const precisions = ['float64', 'float32'] as const satisfies readonly OnnxPrecision[];

interface Flags {
  readonly to?: (typeof formats)[number];
  readonly precision?: OnnxPrecision;
  readonly out?: string;
}

const details = `
onnx: a graph of rows [n, d] to labels, responsibilities and log-densities, for
  ONNX Runtime in any language. Columns are in the model's order, text as the
  index of its level. Rows come in float64, or as --precision says.
sklearn: JSON that python/otmix_sklearn.py of this package makes a
  GaussianMixture of scikit-learn from. Gaussians alone.
json: the model as it is, checked.

Examples:
  otmix export model.json --to onnx --out model.onnx
  otmix export model.json --to sklearn --out sklearn.json`;

/** `otmix export MODEL --to FORMAT`: a model for other tools. */
export function addExport(program: Command): void {
  program
    .command('export')
    .description('Write a saved model for other tools: ONNX, scikit-learn.')
    .argument('<model>', 'a model file, as otmix fit --out writes it; - is standard input')
    .option('--to <format>', `one of ${formats.join(', ')}`, oneOf('--to', formats))
    .option(
      '--precision <type>',
      'of onnx: float64 (default), or float32 for Gaussians and Student-t',
      oneOf('--precision', precisions),
    )
    .option('--out <file>', 'default: standard output')
    .addHelpText('after', details)
    .action(run);
}

async function run(path: string, { to, precision, out }: Flags): Promise<void> {
  const signal = catchInterrupts();
  if (to === undefined) throw missingOption('export', `--to, one of ${formats.join(', ')}`, 'add --to onnx');
  if (precision !== undefined && to !== 'onnx') throw precisionOfOther(to);
  requireExtension('--out', out, to === 'onnx' ? ['.onnx'] : ['.json'], `${to} is ${to === 'onnx' ? 'ONNX' : 'JSON'}`);
  if (out === undefined && to === 'onnx' && process.stdout.isTTY) {
    throw missingOption('export', '--out, since ONNX is nothing to read', 'add --out model.onnx');
  }
  const { mixture, files } = await mixtureOf(path, signal);
  const { '--out': place } = await outputPlaces({ '--out': out === '-' ? undefined : out }, files);
  const content = exported(mixture, to, precision);
  await (place === undefined ? write(content) : writeText(place, content));
}

function exported(mixture: Mixture, to: (typeof formats)[number], precision?: OnnxPrecision): string | Uint8Array {
  switch (to) {
    case 'onnx':
      return mixture.toOnnx({ precision });
    case 'sklearn':
      return `${JSON.stringify(mixture.toScikitLearn(), undefined, 1)}\n`;
    case 'json':
      return `${JSON.stringify(mixture, undefined, 1)}\n`;
    default:
      return to satisfies never;
  }
}

function precisionOfOther(to: string): InputError {
  return new InputError('option', {
    where: '--precision',
    expected: '--to onnx beside it',
    got: `--to ${to}, which has every digit`,
    remedy: 'leave it out',
  });
}
