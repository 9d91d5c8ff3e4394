"""Times scikit-learn's EM: one JSON job on standard input, one JSON object on standard output.

Job: {n, d, k, covariance, seed, iterations, dtype, data, start?}
    data     path to a .npy array [n, d]
    dtype    "float32" or "float64", what scikit-learn computes in
    start    {weights [k], means [k][d], and covariances [k][d][d] whatever the type, or precisions in scikit-learn's shape
             for the type}; without it k rows drawn with `seed`, equal weights and the data's own covariance

Result: {version, seconds_per_iteration, rows_per_second, objective, threads, blas, ...}, or {missing: why} and exit
status 0 where scikit-learn is not installed or no longer has the methods timed.

Method: an iteration is GaussianMixture._e_step and then _m_step, the two calls that its fit() repeats, each pair timed
by itself and the median taken, so that neither the initialisation nor the input checks of fit() count. One E-step whose
result is dropped comes first (threads and memory). `objective` is the mean log-likelihood in nats after the last M-step,
from an E-step that is not timed. reg_covar is 1e-6, scikit-learn's default.
"""

import json
import statistics
import sys
import time

try:
    import numpy
    import scipy
    import sklearn
    from sklearn.mixture import GaussianMixture
    from threadpoolctl import threadpool_info
except ImportError as error:
    print(json.dumps({"missing": f"{error.name or error}: python -m pip install -r bench/peers/requirements.txt"}))
    sys.exit(0)


def default_start(x, k, seed):
    rows = numpy.random.default_rng(seed).choice(len(x), k, replace=False)
    covariance = numpy.atleast_2d(numpy.cov(x, rowvar=False, bias=True))
    return {"weights": [1 / k] * k, "means": x[rows].tolist(), "covariances": [covariance.tolist()] * k}


def precisions_of(start, covariance):
    """The start's precisions in scikit-learn's shape for the covariance type."""
    if "precisions" in start:
        return numpy.array(start["precisions"])
    full = numpy.array(start["covariances"])
    variances = numpy.diagonal(full, axis1=1, axis2=2)
    return {
        "full": lambda: numpy.linalg.inv(full),
        "tied": lambda: numpy.linalg.inv(numpy.einsum("k,kij->ij", start["weights"], full) / sum(start["weights"])),
        "diag": lambda: 1 / variances,
        "spherical": lambda: 1 / variances.mean(axis=1),
    }[covariance]()


def model_at(start, job):
    model = GaussianMixture(
        job["k"],
        covariance_type=job["covariance"],
        weights_init=numpy.array(start["weights"], job["dtype"]),
        means_init=numpy.array(start["means"], job["dtype"]),
        precisions_init=precisions_of(start, job["covariance"]).astype(job["dtype"]),
    )
    model._initialize(numpy.empty((0, job["d"]), job["dtype"]), None)
    return model


def blas_used():
    pools = [pool for pool in threadpool_info() if pool["user_api"] == "blas"]
    return ", ".join(sorted({f"{pool['internal_api']} {pool['version']}" for pool in pools}))


def run(job):
    x = numpy.ascontiguousarray(numpy.load(job["data"]), dtype=job["dtype"])
    if x.shape != (job["n"], job["d"]):
        raise SystemExit(f"sklearn_em: expected data [{job['n']}, {job['d']}], got {list(x.shape)}; pass the shape written")
    model = model_at(job.get("start") or default_start(x, job["k"], job["seed"]), job)
    model._e_step(x)
    seconds = []
    for _ in range(job["iterations"]):
        began = time.perf_counter()
        _, log_responsibilities = model._e_step(x)
        model._m_step(x, log_responsibilities)
        seconds.append(time.perf_counter() - began)
    median = statistics.median(seconds)
    return {
        "version": sklearn.__version__,
        "numpy": numpy.__version__,
        "scipy": scipy.__version__,
        "python": sys.version.split()[0],
        "seconds_per_iteration": median,
        "rows_per_second": job["n"] / median,
        "objective": float(model._e_step(x)[0]),
        "dtype": str(model.means_.dtype),
        "threads": max((pool["num_threads"] for pool in threadpool_info()), default=1),
        "blas": blas_used(),
    }


private = [name for name in ("_initialize", "_e_step", "_m_step") if not hasattr(GaussianMixture, name)]
if private:
    print(json.dumps({"missing": f"GaussianMixture.{private[0]} in scikit-learn {sklearn.__version__}; use the pinned one"}))
else:
    print(json.dumps(run(json.load(sys.stdin))))
