import type { CovarianceForm } from '../../kernels/form.js';

export type Dtype = 'float32' | 'float64';

/** A package that does EM, and the script here that times it. */
export interface Script {
  readonly name: string;
  /** Of this folder; its protocol is that of job.py. */
  readonly script: string;
  /** What Python must find. */
  readonly modules: readonly string[];
}

/** One for Gaussian mixtures. */
export interface Peer extends Script {
  readonly covariances: readonly CovarianceForm[];
  readonly dtypes: readonly Dtype[];
}

export const scikitLearn: Peer = {
  name: 'scikit-learn',
  script: 'sklearn_em.py',
  modules: ['sklearn', 'threadpoolctl'],
  covariances: ['full', 'tied', 'diag', 'spherical'],
  dtypes: ['float32', 'float64'],
};

/** The packages on PyTorch and JAX. */
export const otherPeers: readonly Peer[] = [
  {
    name: 'gmmx',
    script: 'gmmx_em.py',
    modules: ['gmmx', 'jax'],
    covariances: ['full', 'diag'],
    dtypes: ['float32'],
  },
  {
    name: 'tgmm',
    script: 'tgmm_em.py',
    modules: ['tgmm', 'torch'],
    covariances: ['full', 'tied', 'diag', 'spherical'],
    dtypes: ['float32', 'float64'],
  },
  {
    name: 'torchgmm',
    script: 'torchgmm_em.py',
    modules: ['torchgmm', 'torch', 'pytorch_lightning'],
    covariances: ['full', 'tied', 'diag', 'spherical'],
    dtypes: ['float32', 'float64'],
  },
  {
    name: 'pomegranate',
    script: 'pomegranate_em.py',
    modules: ['pomegranate', 'torch'],
    covariances: ['full', 'diag', 'spherical'],
    dtypes: ['float32', 'float64'],
  },
];

/** EM for exponential families, by a script of our own on numpy's BLAS. */
export const numpyFamilies: Script = {
  name: 'numpy',
  script: 'numpy_families.py',
  modules: ['numpy', 'scipy', 'threadpoolctl'],
};

/** EM for full Gaussians of rows that lack values, by a script of our own that takes rows by their patterns. */
export const numpyPatterns: Script = {
  name: 'numpy by pattern',
  script: 'numpy_patterns.py',
  modules: ['numpy', 'threadpoolctl'],
};

/** Latent class analysis. */
export const stepMix: Script = { name: 'StepMix', script: 'stepmix_em.py', modules: ['stepmix', 'threadpoolctl'] };

/** The same of R, whose package computes in float64 on one thread. */
export const poLCA: Script = { name: 'poLCA', script: 'polca_em.py', modules: ['numpy'] };
