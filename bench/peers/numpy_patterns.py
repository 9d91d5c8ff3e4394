"""EM for Gaussian mixtures with full covariances of rows that lack values, in plain numpy, by pattern. See job.py.

Rows with the same columns are taken together, as one array made before the clock starts. Of each pattern every product and
factorisation is one call of BLAS or LAPACK for all components (numpy's stacked matrices); conditional means and covariances
of what is missing come from blocks of the precision, so that a pattern costs what it lacks.
"""

import job as peers

try:
    import numpy
    from threadpoolctl import threadpool_info
except ImportError as error:
    peers.missing(error)


class Pattern:
    """Rows that have the same columns."""

    def __init__(self, has, rows):
        self.has = numpy.flatnonzero(has)
        self.lacks = numpy.flatnonzero(~has)
        self.rows = numpy.ascontiguousarray(rows[:, has])
        self.blocks = [numpy.ix_(a, b) for a, b in ((self.has, self.has), (self.lacks, self.lacks), (self.lacks, self.has))]


def patterns_of(x):
    has = ~numpy.isnan(x)
    kinds, which = numpy.unique(has, axis=0, return_inverse=True)
    order = numpy.argsort(which.ravel(), kind="stable")
    ends = numpy.cumsum(numpy.bincount(which.ravel()))
    return [Pattern(kind, x[order[first:end]]) for kind, first, end in zip(kinds, [0, *ends[:-1]], ends, strict=True)]


class NumpyPatterns:
    package = "numpy"
    families = ("gaussian",)
    dtypes = ("float64",)

    def __init__(self, job, x):
        if len(job["factors"]) > 1:
            raise peers.Skipped("one Gaussian factor is all that this peer has")
        (start,) = job["start"]["components"]
        self.weights = numpy.array(job["start"]["weights"])
        self.means, self.covariances = numpy.array(start["means"]), numpy.array(start["covariances"])
        if "prepared" not in job:
            job["prepared"] = patterns_of(x)
        self.patterns, self.n = job["prepared"], len(x)

    @staticmethod
    def settings(job):
        return [{}]

    def shares(self, pattern, offsets):
        """Responsibilities [k, rows], differences [k, rows, o], and the sum of log p."""
        lower = numpy.linalg.cholesky(self.covariances[:, *pattern.blocks[0]])
        logarithms = numpy.log(numpy.diagonal(lower, axis1=1, axis2=2)).sum(axis=1)
        differences = pattern.rows - self.means[:, None, pattern.has]
        whitened = differences @ numpy.linalg.inv(lower).transpose(0, 2, 1)
        logits = offsets - logarithms - len(pattern.has) / 2 * numpy.log(2 * numpy.pi)
        logits = logits[:, None] - numpy.einsum("kij,kij->ki", whitened, whitened) / 2
        largest = logits.max(axis=0)
        logits -= largest
        numpy.exp(logits, out=logits)
        totals = logits.sum(axis=0)
        logits /= totals
        return logits, differences, (numpy.log(totals) + largest).sum()

    def step(self):
        k, d = self.means.shape
        precisions = numpy.linalg.inv(self.covariances)
        offsets = numpy.log(self.weights)
        mass, first, second = numpy.zeros(k), numpy.zeros((k, d)), numpy.zeros((k, d, d))
        for pattern in self.patterns:
            has, lacks = pattern.has, pattern.lacks
            shares, differences, _ = self.shares(pattern, offsets)
            own = shares.sum(axis=1)
            mass += own
            weighted = shares[:, :, None] * differences
            completed = numpy.zeros((k, d, len(has)))
            completed[:, has, range(len(has))] = 1
            if len(lacks) > 0:
                covariances = numpy.linalg.inv(precisions[:, *pattern.blocks[1]])
                completed[:, lacks] = -covariances @ precisions[:, *pattern.blocks[2]]
                second[:, *pattern.blocks[1]] += own[:, None, None] * covariances
            first += (completed @ weighted.sum(axis=1)[:, :, None])[:, :, 0]
            scatter = weighted.transpose(0, 2, 1) @ differences
            second += completed @ scatter @ completed.transpose(0, 2, 1)
        shifts = first / mass[:, None]
        self.weights = mass / self.n
        self.means = self.means + shifts
        self.covariances = second / mass[:, None, None] - shifts[:, :, None] * shifts[:, None, :]

    def score(self):
        offsets = numpy.log(self.weights)
        return sum(self.shares(pattern, offsets)[2] for pattern in self.patterns) / self.n

    @staticmethod
    def dtype():
        return "float64"

    @staticmethod
    def threads():
        return max((pool["num_threads"] for pool in threadpool_info()), default=1)

    def about(self):
        pools = [pool for pool in threadpool_info() if pool["user_api"] == "blas"]
        blas = sorted({f"{pool['internal_api']} {pool['version']} {pool.get('architecture')}" for pool in pools})
        return ", ".join([f"{len(self.patterns)} patterns", *blas])


peers.run(NumpyPatterns)
