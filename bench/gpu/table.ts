import { digits, table } from '../table.js';
import type { TorchLine } from '../peers/torch.js';
import type { Ceilings } from './ceilings.js';
import type { GpuResult } from './measure.js';
import type { Worth } from './worth.js';

const percent = (share: number): string => `${digits(share * 100, 2)} %`;
const ms = (seconds: number): string => digits(seconds * 1000);
const size = ({ n, d, k, format }: Pick<GpuResult, 'n' | 'd' | 'k' | 'format'>): string =>
  `${n.toLocaleString('en')} × ${d}, ${k}${format ? `, ${format}` : ''}`;

export function ceilingsText({ flops, copy, copied }: Ceilings): string {
  return (
    `Ceilings in this run: ${digits(flops / 1e12)} TFLOP/s of float32 multiply-adds, ` +
    `${digits(copy / 1e9)} GB/s of copying ${digits(copied / 2 ** 20)} MiB (read and written)`
  );
}

/** One line per size. */
export function gpuTable(results: readonly GpuResult[]): string {
  const heads = [
    'covariance',
    'n × d, k',
    'ms/sweep, device',
    'wall',
    'ms/iteration',
    'host',
    'Mrows/s',
    'TFLOP/s',
    'of peak',
    'GB/s',
    'of copy',
    'MB besides rows',
    'seeding',
    'seeding, ms',
    'log-lik.',
  ];
  const rows = results.map((one) => [
    one.covariance,
    size(one),
    ms(one.seconds.device),
    ms(one.seconds.sweep),
    ms(one.seconds.iteration),
    ms(one.seconds.iteration - one.seconds.sweep),
    digits(one.rowsPerSecond / 1e6),
    digits(one.flops / 1e12),
    percent(one.ofPeak),
    digits(one.bandwidth / 1e9),
    percent(one.ofCopy),
    digits(one.memory.em / 1e6),
    digits(one.memory.seeding / 1e6),
    ms(one.seconds.seeding),
    one.objective.toFixed(5),
  ]);
  return table(heads, rows);
}

/** Where the device's time went, by kernel. */
export function programsTable(results: readonly GpuResult[]): string {
  const rows = results.flatMap((one) => {
    const all = Object.values(one.programs).reduce((sum, seconds) => sum + seconds, 0);
    return Object.entries(one.programs)
      .sort(([, a], [, b]) => b - a)
      .map(([label, seconds]) => [`${one.covariance} ${size(one)}`, label, ms(seconds), percent(seconds / all)]);
  });
  return table(['sweep', 'kernel', 'ms', 'share'], rows);
}

/** How many times as long a sweep takes without each speed-up. */
export function worthTable(worths: readonly Worth[]): string {
  const rows = worths.map(({ without, seconds, secondsWithout, ...one }) => [
    ...[`${one.covariance} ${size(one)}`, without, ms(seconds), ms(secondsWithout)],
    `${digits(secondsWithout / seconds)} ×`,
  ]);
  return table(['sweep', 'without', 'ms with it', 'ms without', 'ratio'], rows);
}

/** PyTorch's lines beside ours; ratios are its seconds per iteration over ours. */
export function torchTable(results: readonly GpuResult[], lines: readonly TorchLine[]): string {
  const rows = lines.map((line) => {
    const ours = results.find(
      (one) => one.covariance === line.covariance && one.d === line.d && one.k === line.k && !one.format,
    );
    const iteration = ours?.seconds.iteration ?? NaN;
    return [
      `${line.covariance} ${size(line)}`,
      `${line.form}${line.tf32 ? ', TF32' : ''}`,
      ms(line.seconds_per_iteration),
      ms(iteration),
      `${digits(line.seconds_per_iteration / iteration)} ×`,
      digits((line.memory_bytes ?? NaN) / 1e6),
      line.objective.toFixed(5),
      (ours?.objective ?? NaN).toFixed(5),
    ];
  });
  const heads = ['iteration', 'PyTorch', 'its ms', 'our ms', 'ratio', 'its MB besides rows', 'its log-lik.', 'ours'];
  return table(heads, rows);
}
