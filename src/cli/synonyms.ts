/** The commands, in the order of the help. */
export const commands = [
  'fit',
  'predict',
  'impute',
  'select',
  'sample',
  'online',
  'export',
  'compare',
  'bootstrap',
  'bench',
  'doctor',
] as const;
type CommandName = (typeof commands)[number];

const fits: readonly CommandName[] = ['fit', 'select'];
const reads: readonly CommandName[] = [...fits, 'predict'];

/** What other tools call an option, without dashes and in lower case, and the commands that have it. */
const options: readonly (readonly [option: string, names: string, where: readonly string[]])[] = [
  ['-k', 'k clusters n-clusters num-clusters n-components ncomponents num-components component ncomp groups', fits],
  ['-n', 'n count number size samples n-samples num-samples', ['sample']],
  ['--out', 'o output outfile output-file save save-model model', [...reads, 'sample', 'export']],
  ['--to', 'format target f', ['export']],
  ['--report', 'html r plot', fits],
  ['--family', 'families distribution distributions dist', fits],
  ['--covariance', 'covariance-type cov type model-names', fits],
  ['--criterion', 'ic criteria by', ['select']],
  ['--columns', 'c cols col features fields variables vars use-cols usecols', reads],
  ['--sample-weight', 'weight weight-column sample-weights case-weights', fits],
  ['--missing', 'na-action nan dropna drop-na', reads],
  ['--restarts', 'n-init inits starts n-starts nstart', fits],
  ['--seed', 'random-state random-seed rng', [...fits, 'sample']],
  ['--tolerance', 'tol threshold', fits],
  ['--max-iterations', 'max-iter maxiter n-iter iterations iter', fits],
  ['--regularization', 'reg-covar reg ridge', fits],
  ['--seeding', 'init init-params initialization', fits],
  ['--epsilon', 'temperature eps', [...fits, 'compare']],
  ['--threads', 'n-jobs jobs j cores workers num-threads', fits],
  ['--backend', 'device gpu accelerator', reads],
  ['--proba', 'probabilities probability probs responsibilities', ['predict']],
  ['--quiet', 's silent', [...reads, 'compare']],
  ['--replicates', 'b nboot n-boot bootstraps resamples n-resamples', ['bootstrap']],
  ['--level', 'confidence confidence-level ci conf-level', ['bootstrap']],
  ['--test', 'lrt likelihood-ratio', ['bootstrap']],
  ['--version', 'v', ['']],
];

const meant: readonly (readonly [command: string, names: string])[] = [
  ['otmix fit', 'train cluster run em gmm estimate learn mixture'],
  ['otmix predict, which gives labels and log-densities', 'score classify label labels assign transform evaluate'],
  ['otmix select', 'choose bic aic search tune'],
  ['otmix sample', 'generate simulate draw'],
  ['otmix impute', 'fill complete'],
  ['otmix online', 'stream partial-fit update'],
  ['otmix export', 'convert onnx sklearn to-onnx'],
  ['otmix bench', 'benchmark speed perf time'],
  ['otmix bootstrap', 'boot se standard-errors confidence intervals uncertainty lrt test'],
  ['otmix compare', 'distance diff match wasserstein'],
  ['otmix fit with --report', 'report plot'],
  ['otmix doctor', 'info check diagnose backends'],
  ['otmix --version', 'version'],
];

/** The option that is meant by a name of another tool's, where the command has it. */
export function optionMeant(flag: string, command: string): string | undefined {
  const name = flag.replace(/^-+/, '').replace(/=.*$/s, '').replaceAll('_', '-').toLowerCase();
  const here = commands.some((known) => known === command) ? command : '';
  return options.find(([, names, where]) => where.includes(here) && names.split(' ').includes(name))?.[0];
}

/** The command that is meant by a name of another tool's. */
export function commandMeant(name: string): string | undefined {
  return meant.find(([, names]) => names.split(' ').includes(name.toLowerCase()))?.[0];
}
