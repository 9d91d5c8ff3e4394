"""What the peers' scripts share: one JSON job on standard input, one JSON object on standard output.

Job: {n, d, k, covariance, dtype, iterations, data, start, threads?, memory?, setting?}
    data     path to a .npy array [n, d]
    dtype    "float32" or "float64", what the peer computes in
    start    {weights [k], means [k][d], covariances [k][d][d] whatever the type}
    factors  instead of covariance: [{family, columns}], families of consecutive columns; start is then {weights [k],
             components}, for each factor its parameters by name
    threads  how many the peer may use; all of the process's unless given
    memory   bytes that the peer's arrays may take
    setting  the package's own settings, as an earlier result has them; none is tried then

Result: {version, seconds_per_iteration, least_seconds, rows_per_second, objective, dtype, threads, about, settings,
peak_bytes}; or {missing: why} where a package is not installed, or {skipped: why} where the peer cannot do the job;
both with exit status 0.

Method: a script gives a class whose objects are made of (job, x, **setting) and stand at the job's start; `step()` is
one E-step and one M-step as the package's own fit() repeats them, without its initialisation and input checks. One
object makes a step that is not timed (compilation, threads, memory); then a new one makes the job's iterations, each
timed by itself, and the median and the least are taken. Where a package has a setting that decides its speed, the class
lists values that fit into the memory given, each is tried once more, and the fastest is used. `score()` is the mean
log-likelihood in nats after the last M-step, not timed.
"""

import importlib.metadata
import json
import resource
import statistics
import sys
import time

import numpy

REGULARIZATION = 1e-6
GIB = 2**30


class Skipped(Exception):
    """The peer cannot do the job; the message says why."""


class Missing(Exception):
    """What the peer needs besides Python is not installed; the message says what to do."""


def start_of(job):
    """The start as arrays in the job's type, the covariances in the shape of its covariance type (scikit-learn's)."""
    start = job["start"]
    full = numpy.array(start["covariances"])
    variances = numpy.diagonal(full, axis1=1, axis2=2)
    weights = numpy.array(start["weights"])
    covariances = {
        "full": full,
        "tied": numpy.einsum("k,kij->ij", weights, full) / weights.sum(),
        "diag": variances,
        "spherical": variances.mean(axis=1),
    }[job["covariance"]]
    return [numpy.array(part, job["dtype"]) for part in (weights, start["means"], covariances)]


def check_memory(job, arrays):
    """Skips the job if so many arrays [n, k, d] of its type exceed the memory given."""
    needed = arrays * job["n"] * job["k"] * job["d"] * numpy.dtype(job["dtype"]).itemsize
    if needed > job.get("memory", float("inf")):
        raise Skipped(f"{arrays} arrays of n x k x d take {needed / GIB:.0f} GiB, more than {job['memory'] / GIB:.0f}")


def batches(job, arrays):
    """Batches of rows to try: some that stay in a cache, and all rows where `arrays` [n, k, d] fit into the memory."""
    try:
        check_memory(job, arrays)
        whole = [None]
    except Skipped:
        whole = []
    return [rows for rows in (1024, 4096, 16384, 65536) if rows < job["n"]] + whole


def seconds_of(work):
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def fastest(peer, job, x):
    """The setting whose second step takes least."""
    settings = [job["setting"]] if "setting" in job else peer.settings(job)
    if len(settings) == 1:
        peer(job, x, **settings[0]).step()
        return settings[0]

    def trial(setting):
        em = peer(job, x, **setting)
        em.step()
        return seconds_of(em.step)

    return min(settings, key=trial)


def timed(peer, job):
    x = numpy.ascontiguousarray(numpy.load(job["data"]), dtype=job["dtype"])
    if x.shape != (job["n"], job["d"]):
        raise SystemExit(f"job: expected data [{job['n']}, {job['d']}], got {list(x.shape)}; pass the shape written")
    setting = fastest(peer, job, x)
    em = peer(job, x, **setting)
    seconds = [seconds_of(em.step) for _ in range(job["iterations"])]
    median = statistics.median(seconds)
    return {
        "version": em.version() if hasattr(em, "version") else importlib.metadata.version(peer.package),
        "seconds_per_iteration": median,
        "least_seconds": min(seconds),
        "rows_per_second": job["n"] / median,
        "objective": float(em.score()),
        "dtype": em.dtype(),
        "threads": em.threads(),
        "about": f"{em.about()}, Python {sys.version.split()[0]}",
        "settings": {name: value for name, value in setting.items() if value is not None},
        "peak_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024),
    }


def missing(error):
    """Ends a script whose package could not be imported."""
    print(json.dumps({"missing": f"{error.name or error}: sh bench/peers/setup.sh"}))
    sys.exit(0)


def run(peer):
    """Reads the job, times the peer, prints the result."""
    job = json.load(sys.stdin)
    try:
        if job["dtype"] not in peer.dtypes or not has_model(peer, job):
            raise Skipped(f"{peer.package} has no {model_of(job)} in {job['dtype']}")
        result = timed(peer, job)
    except Skipped as reason:
        result = {"skipped": str(reason)}
    except Missing as what:
        result = {"missing": str(what)}
    except Exception as error:
        if not out_of_memory(error):
            raise
        result = {"skipped": "out of memory"}
    print(json.dumps(result))


def has_model(peer, job):
    if "factors" in job:
        return all(factor["family"] in peer.families for factor in job["factors"])
    return job["covariance"] in peer.covariances


def model_of(job):
    if "factors" in job:
        return ", ".join(factor["family"] for factor in job["factors"])
    return f"{job['covariance']} covariances"


def out_of_memory(error):
    """Also PyTorch's ("can't allocate memory") and XLA's ("RESOURCE_EXHAUSTED"), which are RuntimeErrors."""
    text = str(error)
    return isinstance(error, MemoryError) or "allocate memory" in text or "RESOURCE_EXHAUSTED" in text
