"""EM for mixtures of exponential families in plain numpy: logits = T @ eta.T + c, their softmax R, R.T @ T. See job.py.

Rows are taken all at once or so many at a time, whichever is faster; sums over batches are float64. The statistics T of all
rows are made before the clock starts, and log h(x), which no responsibility depends on, is added to the score. A row of
levels is one unit vector per column, one of a Gaussian is (x, x xT).
"""

import job as peers

try:
    import numpy
    import scipy
    from scipy.special import gammaln, ive
    from threadpoolctl import threadpool_info
except ImportError as error:
    peers.missing(error)

LEAST = 1e-12


def log(values):
    return numpy.log(numpy.maximum(values, LEAST))


class Bernoulli:
    def __init__(self, parameters):
        self.p = parameters["probabilities"]

    @staticmethod
    def statistics(x):
        return x, 0.0

    def natural(self):
        return log(self.p) - log(1 - self.p), log(1 - self.p).sum(axis=1)

    def estimate(self, means):
        self.p = means


class Poisson:
    def __init__(self, parameters):
        self.rates = parameters["rates"]

    @staticmethod
    def statistics(x):
        return x, -gammaln(x.astype("float64") + 1).sum(axis=1).mean()

    def natural(self):
        return log(self.rates), -self.rates.sum(axis=1)

    def estimate(self, means):
        self.rates = means


class Multinomial:
    def __init__(self, parameters):
        self.p = parameters["probabilities"]

    @staticmethod
    def statistics(x):
        sums = x.sum(axis=1, dtype="float64")
        return x, gammaln(sums + 1).mean() - sum(gammaln(column.astype("float64") + 1).mean() for column in x.T)

    def natural(self):
        return log(self.p), numpy.zeros(len(self.p))

    def estimate(self, means):
        self.p = means / means.sum(axis=1, keepdims=True)


class Categorical:
    """Probabilities [column][k][level]."""

    def __init__(self, parameters):
        self.p = [numpy.asarray(column) for column in parameters["probabilities"]]

    def statistics(self, x):
        return numpy.hstack([column[:, None] == range(p.shape[1]) for column, p in zip(x.T, self.p, strict=True)]), 0.0

    def natural(self):
        return log(numpy.hstack(self.p)), numpy.zeros(len(self.p[0]))

    def estimate(self, means):
        ends = numpy.cumsum([p.shape[1] for p in self.p])
        parts = numpy.split(means, ends[:-1], axis=1)
        self.p = [part / part.sum(axis=1, keepdims=True) for part in parts]


class VonMisesFisher:
    def __init__(self, parameters):
        means = parameters["means"]
        self.means = means / numpy.linalg.norm(means, axis=1, keepdims=True)
        self.kappa = parameters["concentrations"]

    @staticmethod
    def statistics(x):
        lengths = numpy.sqrt(numpy.einsum("ij,ij->i", x, x, dtype="float64"))
        return x / lengths.astype(x.dtype)[:, None], 0.0

    def natural(self):
        d, kappa = self.means.shape[1], self.kappa
        log_bessel = numpy.log(ive(d / 2 - 1, kappa)) + kappa
        normalizer = (d / 2 - 1) * numpy.log(kappa) - d / 2 * numpy.log(2 * numpy.pi) - log_bessel
        return kappa[:, None] * self.means, normalizer

    def estimate(self, means):
        """A_d(kappa) = the mean's length, by Newton from Banerjee's start."""
        d = means.shape[1]
        lengths = numpy.linalg.norm(means, axis=1)
        self.means = means / lengths[:, None]
        kappa = lengths * (d - lengths**2) / (1 - lengths**2)
        for _ in range(6):
            ratio = ive(d / 2, kappa) / ive(d / 2 - 1, kappa)
            kappa = kappa - (ratio - lengths) / (1 - ratio**2 - (d - 1) / kappa * ratio)
        self.kappa = kappa


class Gaussian:
    """Full covariances."""

    def __init__(self, parameters):
        self.means, self.covariances = parameters["means"], parameters["covariances"]

    @staticmethod
    def statistics(x):
        squares = (x[:, :, None] * x[:, None, :]).reshape(len(x), -1)
        return numpy.hstack([x, squares]), 0.0

    def natural(self):
        k, d = self.means.shape
        precisions = numpy.linalg.inv(self.covariances)
        first = numpy.einsum("kij,kj->ki", precisions, self.means)
        normalizer = numpy.linalg.slogdet(precisions)[1] - (first * self.means).sum(axis=1) - d * numpy.log(2 * numpy.pi)
        return numpy.hstack([first, -precisions.reshape(k, -1) / 2]), normalizer / 2

    def estimate(self, means):
        k, d = self.means.shape
        self.means = means[:, :d]
        self.covariances = means[:, d:].reshape(k, d, d) - self.means[:, :, None] * self.means[:, None, :]


FAMILIES = {
    "bernoulli": Bernoulli,
    "poisson": Poisson,
    "multinomial": Multinomial,
    "categorical": Categorical,
    "vonMisesFisher": VonMisesFisher,
    "gaussian": Gaussian,
}


def arrays(parameters):
    """Nested lists as float64; columns of levels may differ in length."""
    as_they_are = lambda name, values: name == "probabilities" and isinstance(values[0][0], list)  # noqa: E731
    return {name: values if as_they_are(name, values) else numpy.array(values) for name, values in parameters.items()}


class Numpy:
    package = "numpy"
    families = tuple(FAMILIES)
    dtypes = ("float32", "float64")

    def __init__(self, job, x, batch_rows=None):
        self.weights = numpy.array(job["start"]["weights"])
        parts = zip(job["factors"], job["start"]["components"], strict=True)
        self.factors = [FAMILIES[factor["family"]](arrays(parameters)) for factor, parameters in parts]
        if "prepared" not in job:
            job["prepared"] = self.prepared(job, x)
        self.statistics, self.widths, self.base = job["prepared"]
        self.batch_rows = batch_rows or len(x)

    def prepared(self, job, x):
        """T of all rows, [n, width], the widths of the factors, and the mean of log h."""
        ends = numpy.cumsum([factor["columns"] for factor in job["factors"]])
        columns = numpy.split(x, ends[:-1], axis=1)
        parts = [factor.statistics(own) for factor, own in zip(self.factors, columns, strict=True)]
        statistics = parts[0][0] if len(parts) == 1 else numpy.hstack([own for own, _ in parts])
        widths = [own.shape[1] for own, _ in parts]
        return numpy.ascontiguousarray(statistics, job["dtype"]), widths, sum(base for _, base in parts)

    @staticmethod
    def settings(job):
        return [{"batch_rows": rows} for rows in (1024, 4096, 16384, 65536) if rows < job["n"]] + [{}]

    def sweep(self):
        """Mean log-likelihood, masses [k], and sums of the statistics [k, width]."""
        dtype = self.statistics.dtype
        naturals, normalizers = zip(*(factor.natural() for factor in self.factors), strict=True)
        eta = numpy.hstack(naturals).astype(dtype).T.copy()
        offsets = (numpy.log(self.weights) + sum(normalizers)).astype(dtype)
        objective, mass, sums = 0.0, 0.0, 0.0
        for first in range(0, len(self.statistics), self.batch_rows):
            t = self.statistics[first : first + self.batch_rows]
            shares = t @ eta
            shares += offsets
            largest = shares.max(axis=1, keepdims=True)
            shares -= largest
            numpy.exp(shares, out=shares)
            totals = shares.sum(axis=1, keepdims=True)
            shares /= totals
            numpy.log(totals, out=totals)
            totals += largest
            objective += totals.sum(dtype="float64")
            mass = mass + shares.sum(axis=0, dtype="float64")
            sums = sums + (shares.T @ t).astype("float64")
        return objective / len(self.statistics), mass, sums

    def step(self):
        _, mass, sums = self.sweep()
        self.weights = mass / len(self.statistics)
        means = numpy.split(sums / mass[:, None], numpy.cumsum(self.widths)[:-1], axis=1)
        for factor, own in zip(self.factors, means, strict=True):
            factor.estimate(own)

    def score(self):
        return self.sweep()[0] + self.base

    def dtype(self):
        return str(self.statistics.dtype)

    def threads(self):
        return max((pool["num_threads"] for pool in threadpool_info()), default=1)

    def about(self):
        pools = [pool for pool in threadpool_info() if pool["user_api"] == "blas"]
        blas = sorted({f"{pool['internal_api']} {pool['version']} {pool.get('architecture')}" for pool in pools})
        return ", ".join([f"scipy {scipy.__version__}", *blas])


peers.run(Numpy)
