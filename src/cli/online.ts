import { existsSync } from 'node:fs';
import { addAbortSignal } from 'node:stream';
import type { Command } from 'commander';
import { covarianceForms } from '../../kernels/form.js';
import type { BackendName } from '../backend/backends.js';
import { InputError } from '../base/errors.js';
import { liveText } from '../data/files/live.js';
import type { Source } from '../data/source.js';
import type { Family } from '../families/family.js';
import type { LearningOptions, OnlineMixture, OnlineUpdate } from '../fit/online.js';
import { familiesAsked, openForFamilies, type FamilyFlags } from './families.js';
import { familyFlag, sourceOptions, type DataFlags } from './flags.js';
import { missingPolicies } from '../fit/choices.js';
import { catchInterrupts } from './interruption.js';
import { loadLibrary } from './library.js';
import { integer, names, number, oneName, oneOf } from './parsers.js';
import { addTextFlags, textOptions } from './text-flags.js';
import { missingOption } from './usage.js';

interface Flags extends FamilyFlags, Omit<DataFlags, 'every' | 'format'> {
  readonly components?: number;
  readonly batch: number;
  readonly write: number;
  readonly learningRate?: number;
  readonly forgetting?: number;
  readonly seed: number;
  readonly backend: string;
  readonly threads?: number;
  readonly json?: true;
  readonly quiet?: true;
}

const NAME = 'standard input';

const details = `
Reads CSV or TSV from standard input until that ends, and learns from each batch
of rows as soon as it is whole. MODEL is what it goes on from, and what it writes:
a file that is there is always a whole model. With -k it begins a new one.

A mixture remembers all batches alike, the first ones less and less. With
--forgetting .01 it remembers about the last 100, and follows what changes.

Ctrl-C ends it with what whole batches have taught.

Examples:
  otmix fit first.csv -k 3 --out model.json && tail -f rows.csv | otmix online model.json
  generate | otmix online model.json -k 4 --family poisson --batch 500
  otmix online model.json --forgetting .01 < rows.csv`;

/** `otmix online MODEL < rows.csv`: learns from a stream. */
export function addOnline(program: Command): void {
  const command = program
    .command('online')
    .description('Learn a mixture from rows on standard input, for as long as they come.')
    .argument('<model>', 'the model file to go on from, and to write')
    .optionsGroup('Model:')
    .option('-k, --components <k>', 'begin a new model of so many components', integer('-k', 1))
    .option(...familyFlag)
    .option(
      '--covariance <type>',
      `what Gaussians may look like: ${covarianceForms.join(', ')}; default full`,
      oneOf('--covariance', covarianceForms),
    )
    .option('--seed <s>', 'seed of a new model, by its first batch', integer('--seed'), 0)
    .optionsGroup('Learning:')
    .option('--batch <rows>', 'rows that are learnt from at once', integer('--batch', 1), 1000)
    .option(
      '--learning-rate <a>',
      'batch t counts (t + 2)^-a, a above .5 and up to 1; default .7',
      number('--learning-rate'),
    )
    .option('--forgetting <g>', 'every batch counts g instead, as in .01', number('--forgetting'))
    .option('--write <seconds>', 'write the model so often', number('--write'), 10)
    .option('--backend <name>', 'auto, webgpu, tensorflow, wasm or cpu; see otmix doctor', 'auto')
    .option('--threads <n>', 'threads of the CPU; default all', integer('--threads', 1))
    .optionsGroup('Data:')
    .option('--columns <names>', "the columns to use, as in a,b; default the model's, or all", names('--columns'))
    .option('--sample-weight <name>', 'the column of sample weights', oneName('--sample-weight'))
    .option(
      '--missing <policy>',
      'rows with a missing value: error, drop, or model',
      oneOf('--missing', missingPolicies),
      'error',
    )
    .option('--json', 'print one JSON object for each batch')
    .option('-q, --quiet', 'no progress on standard error');
  addTextFlags(command).addHelpText('after', details).action(online);
}

async function online(model: string, flags: Flags): Promise<void> {
  const signal = catchInterrupts();
  requireNewOrOld(model, flags);
  const stream = addAbortSignal(signal, process.stdin) as AsyncIterable<Uint8Array>;
  const session = new Session(model, flags);
  try {
    const live = await liveText(NAME, stream, flags.batch, textOptions(flags));
    const mixture = await begun(model, flags, live);
    for await (const batch of mixture.source.batches(signal)) {
      const { columns } = mixture.source;
      const rows: Source = { name: NAME, columns, batches: () => only(batch) };
      session.tell(await mixture.learner.update(rows, { signal }));
      await session.write(mixture.learner);
    }
    await session.writeLast();
  } catch (error) {
    // What has been learnt is kept, whatever went wrong with the next rows.
    await session.writeLast();
    if (!signal.aborted) throw error;
  }
}

async function* only<T>(one: T): AsyncGenerator<T> {
  yield await Promise.resolve(one);
}

/** Throws `InputError('option')` where a new model would take the place of another, or there is none to go on from. */
function requireNewOrOld(model: string, { components, family }: Flags): void {
  const there = existsSync(model);
  if (!there && components === undefined) {
    throw missingOption('online', `${model}, a model file that is there, or -k`, 'add -k 3 to begin a new model');
  }
  if (!there || (components === undefined && family === undefined)) return;
  throw new InputError('option', {
    where: components === undefined ? '--family' : '-k',
    expected: 'a new model file with it',
    got: `${model}, which is there`,
    remedy: 'leave it out to go on from that model, or name another file',
  });
}

/** The mixture, new or as it was saved, and the columns of the stream that it learns from. */
async function begun(
  model: string,
  flags: Flags,
  live: Awaited<ReturnType<typeof liveText>>,
): Promise<{ readonly learner: OnlineMixture; readonly source: Source }> {
  const { onlineMixture, OnlineMixture } = await loadLibrary();
  const options = sourceOptions({ ...flags, every: 1 });
  const learning: LearningOptions = {
    missing: flags.missing,
    backend: flags.backend as BackendName | 'auto',
    ...(flags.learningRate !== undefined && { learningRate: flags.learningRate }),
    ...(flags.forgetting !== undefined && { forgetting: flags.forgetting }),
    ...(flags.threads !== undefined && { threads: flags.threads }),
  };
  if (flags.components === undefined) {
    const learner = await OnlineMixture.load(model, learning);
    const { columns, levels } = learner.mixture;
    const text = levels.some((own) => own !== undefined) ? { text: 'levels' as const } : {};
    return { learner, source: await live.open({ ...options, ...text, columns: flags.columns ?? columns }) };
  }
  const asked = await familiesAsked(flags, ['full']);
  const opened = { open: (own: object) => live.open(own), odd: () => Promise.resolve(live.odd()) };
  const { source, families } = await openForFamilies(asked, options, opened, noProposal);
  const [family] = families as readonly [Family];
  const { components, seed } = flags;
  return { learner: onlineMixture({ family, components, seed, ...learning }), source };
}

/** A proposal would have to read what can be read but once. */
function noProposal(): never {
  throw new InputError('option', {
    where: '--family',
    expected: 'families by name, since a stream can be read but once',
    got: 'auto',
    remedy: 'save some rows, and see what otmix fit FILE -k 2 --family auto proposes',
  });
}

/** Tells of batches, and writes the model every so often, also where no more rows come. */
class Session {
  private written = -Infinity;
  private pending: OnlineMixture | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private saving: Promise<void> = Promise.resolve();
  private rows = 0;
  private last: OnlineUpdate | undefined;

  constructor(
    private readonly model: string,
    private readonly flags: Flags,
  ) {}

  tell(update: OnlineUpdate): void {
    this.rows += update.rows;
    this.last = update;
    if (this.flags.json) process.stdout.write(`${JSON.stringify(update)}\n`);
  }

  /** Writes the mixture now or later; throws what went wrong with writing since. */
  async write(mixture: OnlineMixture): Promise<void> {
    this.pending = mixture;
    const wait = 1000 * this.flags.write - (performance.now() - this.written);
    if (wait <= 0) await this.writeLast();
    else this.timer ??= setTimeout(() => void this.writeLast().catch(() => undefined), wait);
    await this.saving;
  }

  /** Writes what has been learnt and not been written. */
  writeLast(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    return (this.saving = this.saving.then(() => this.save()));
  }

  private async save(): Promise<void> {
    const { pending, last, rows, model, flags } = this;
    if (!pending || !last) return;
    this.pending = undefined;
    await pending.save(model);
    this.written = performance.now();
    if (flags.quiet) return;
    const score = last.meanLogLikelihood.toPrecision(6);
    process.stderr.write(
      `otmix: ${rows.toLocaleString('en-US')} rows, batch ${last.batch.toLocaleString('en-US')}, ${score} nats a row in it; wrote ${model}\n`,
    );
  }
}
