"""scikit-learn's predict, score_samples and predict_proba of a given mixture: JSON in, JSON out.

Job: {data, shape, weights [k], means [k][d], covariances [k][d][d], runs}; data is the path of a .npy array [n, d], which
is read as float64. Result: {version, seconds: {predict, scoreSamples, predictProba}, score}: medians of the runs, each
method having been called once before; and the mean log-likelihood, nats. {missing: why} where it is not installed.
"""

import json
import statistics
import sys
import time

try:
    import numpy
    import sklearn
    from sklearn.mixture import GaussianMixture
except ImportError as error:
    print(json.dumps({"missing": f"{error.name or error}: sh bench/peers/setup.sh"}))
    sys.exit(0)


def fitted(job):
    """The mixture as fit() would have left it."""
    model = GaussianMixture(len(job["weights"]), covariance_type="full")
    model.weights_ = numpy.array(job["weights"])
    model.means_ = numpy.array(job["means"])
    model.covariances_ = numpy.array(job["covariances"])
    model.precisions_cholesky_ = numpy.linalg.inv(numpy.linalg.cholesky(model.covariances_)).transpose(0, 2, 1)
    return model


def seconds_of(method, x, runs):
    method(x)
    seconds = []
    for _ in range(runs):
        began = time.perf_counter()
        method(x)
        seconds.append(time.perf_counter() - began)
    return statistics.median(seconds)


job = json.load(sys.stdin)
x = numpy.load(job["data"]).astype(numpy.float64)
model = fitted(job)
methods = {"predict": model.predict, "scoreSamples": model.score_samples, "predictProba": model.predict_proba}
seconds = {name: seconds_of(method, x, job["runs"]) for name, method in methods.items()}
print(json.dumps({"version": sklearn.__version__, "seconds": seconds, "score": float(model.score(x))}))
