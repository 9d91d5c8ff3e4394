"""gmmx's EM on JAX: EMFitter.e_step and m_step, the body of the loop in its fit(), compiled together. See job.py.

gmmx checks that all its arrays are float32 and has full and diagonal covariances only.
"""

import os

import job as peers

try:
    import gmmx
    import jax
    import jaxlib
except ImportError as error:
    peers.missing(error)


class Gmmx:
    package = "gmmx"
    covariances = ("full", "diag")
    dtypes = ("float32",)

    def __init__(self, job, x):
        # The responsibilities times the differences, and the differences; whitening needs less.
        peers.check_memory(job, 2)
        if "threads" in job:  # XLA sizes its pool by the processors that the process may run on
            os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: job["threads"]])
        weights, means, covariances = peers.start_of(job)
        self.model = gmmx.GaussianMixtureModelJax.from_squeezed(
            means=means, covariances=covariances, weights=weights, covariance_type=job["covariance"]
        )
        self.x = jax.device_put(x)

    @staticmethod
    def settings(job):
        return [{}]

    def step(self):
        self.model = jax.block_until_ready(em_step(self.x, self.model))

    def score(self):
        return self.model.score(self.x)

    def dtype(self):
        return str(self.model.means.dtype)

    def threads(self):
        return len(os.sched_getaffinity(0))

    def about(self):
        return f"jax {jax.__version__}, jaxlib {jaxlib.__version__}"


@jax.jit
def em_step(x, model):
    fitter = gmmx.EMFitter(reg_covar=peers.REGULARIZATION)
    _, log_responsibilities = fitter.e_step(x, model)
    return fitter.m_step(x, model, log_responsibilities)


peers.run(Gmmx)
