"""scikit-learn's GaussianMixture from many starts: one JSON job on standard input, one JSON list on standard output.

Job: {data, k, covariance, init, starts, seed, tolerance, max_iterations, regularization, collapsed}
    data       path to a .npy array [n, d]
    init       init_params: "kmeans" or "k-means++"
    collapsed  variances under so many times the regularization count as its doing

Result: a list of {objective, collapsed, sweeps}, one per start, in order; sweeps are EM iterations, its seeding not
counted. The starts share one stream of random numbers, so any n_init of them in a row are what one fit with that n_init
tries.
"""

import json
import sys
import warnings

try:
    import numpy
    from sklearn.exceptions import ConvergenceWarning
    from sklearn_mixture import mixture
except ImportError:
    sys.exit(0)

warnings.simplefilter("ignore", ConvergenceWarning)
job = json.load(sys.stdin)
x = numpy.load(job["data"])
random = numpy.random.RandomState(job["seed"])


def least_variance(covariances, form):
    return numpy.linalg.eigvalsh(covariances).min() if form in ("full", "tied") else covariances.min()


def outcome():
    model = mixture(job, job["init"], random).fit(x)
    return {
        "objective": -float(model.score(x)),
        "collapsed": bool(
            least_variance(model.covariances_, job["covariance"]) <= job["collapsed"] * job["regularization"]
        ),
        "sweeps": int(model.n_iter_),
    }


print(json.dumps([outcome() for _ in range(job["starts"])]))
