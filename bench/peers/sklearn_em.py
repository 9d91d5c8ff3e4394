"""scikit-learn's EM: GaussianMixture._e_step and then _m_step, the two calls that its fit() repeats. See job.py."""

import job as peers

try:
    import numpy
    import scipy
    import sklearn
    from sklearn.mixture import GaussianMixture
    from threadpoolctl import threadpool_info
except ImportError as error:
    peers.missing(error)


class ScikitLearn:
    package = "scikit-learn"
    covariances = ("full", "tied", "diag", "spherical")
    dtypes = ("float32", "float64")

    def __init__(self, job, x):
        weights, means, covariances = peers.start_of(job)
        invert = numpy.linalg.inv if job["covariance"] in ("full", "tied") else numpy.reciprocal
        self.x = x
        self.model = GaussianMixture(
            job["k"],
            covariance_type=job["covariance"],
            reg_covar=peers.REGULARIZATION,
            weights_init=weights,
            means_init=means,
            precisions_init=invert(covariances),
        )
        private = [name for name in ("_initialize", "_e_step", "_m_step") if not hasattr(self.model, name)]
        if private:
            raise peers.Skipped(f"no GaussianMixture.{private[0]} in {sklearn.__version__}; use the pinned version")
        self.model._initialize(numpy.empty((0, job["d"]), job["dtype"]), None)

    @staticmethod
    def settings(job):
        return [{}]

    def step(self):
        _, log_responsibilities = self.model._e_step(self.x)
        self.model._m_step(self.x, log_responsibilities)

    def score(self):
        return self.model._e_step(self.x)[0]

    def dtype(self):
        return str(self.model.means_.dtype)

    def threads(self):
        return max((pool["num_threads"] for pool in threadpool_info()), default=1)

    def about(self):
        pools = [pool for pool in threadpool_info() if pool["user_api"] == "blas"]
        blas = sorted({f"{pool['internal_api']} {pool['version']} {pool.get('architecture')}" for pool in pools})
        return ", ".join([f"numpy {numpy.__version__}, scipy {scipy.__version__}", *blas])


peers.run(ScikitLearn)
