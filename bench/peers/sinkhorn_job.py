"""What the peers' scripts for transport share: one JSON job on standard input, one JSON object on standard output.

Job: {batches, n, m, d, x, y, epsilon, tolerance, maxIterations, dtype, threads}
    x, y       paths to .npy arrays [batches * n, d] and [batches * m, d]; the cost is the squared Euclidean distance
    tolerance  L1 error of the column sums at which to stop; marginals are uniform

Result: {version, seconds, error, values [batches], iterations, dtype, about, settings, peak_bytes}; or {missing: why}.

Method: a script gives a class made of (job, x, y), whose `settings` are tried one after another, those that compile once
before they are timed unless the job is large, and the fastest is taken of those that reach the tolerance; `about` names
those at which the package fails. The time is from the points to the potentials, at the package's own test of
convergence. What is compared is computed here, in float64 of g alone: f, the softmin of g; the error, Σ_j |column sum −
1/m|; the value, <a, f> + <b, g>, for KL(P | a⊗b).
"""

import importlib.metadata
import json
import resource
import sys
import time

import numpy

LARGE = 10**7


def missing(error):
    """Ends a script whose package could not be imported."""
    print(json.dumps({"missing": f"{error.name or error}: sh bench/peers/setup.sh"}))
    sys.exit(0)


def softmin(x, y, potential, epsilon):
    """-eps log mean_j exp((g_j - C_ij) / eps), in blocks of rows."""
    result = numpy.empty(len(x))
    rows = max(1, 2**22 // len(y))
    for i in range(0, len(x), rows):
        gaps = -potential + sum(numpy.subtract.outer(x[i : i + rows, k], y[:, k]) ** 2 for k in range(x.shape[1]))
        least = gaps.min(axis=1)
        result[i : i + rows] = least - epsilon * numpy.log(numpy.exp((least[:, None] - gaps) / epsilon).mean(axis=1))
    return result


def judged(job, x, y, g):
    """Value and error of each problem, from g [batches, m] in the convention P = exp((f + g - C) / eps) / (n m)."""
    values, errors = [], []
    for one_x, one_y, one_g in zip(x, y, numpy.asarray(g, "float64"), strict=True):
        f = softmin(one_x, one_y, one_g, job["epsilon"])
        back = softmin(one_y, one_x, f, job["epsilon"])
        errors.append(numpy.abs(numpy.exp((one_g - back) / job["epsilon"]) - 1).mean())
        values.append(f.mean() + one_g.mean())
    return values, max(errors)


def run(peer):
    job = json.load(sys.stdin)
    shape = lambda length: (job["batches"], length, job["d"])  # noqa: E731
    x = numpy.load(job["x"]).astype("float64").reshape(shape(job["n"]))
    y = numpy.load(job["y"]).astype("float64").reshape(shape(job["m"]))
    best, failed = None, []
    for setting in peer.settings(job):
        try:
            result = timed(peer, job, x, y, setting)
        except Exception as error:
            failed.append((setting, error))
            continue
        if best is None or (result["reached"], -result["seconds"]) > (best["reached"], -best["seconds"]):
            best = result
    if best is None:
        raise failed[0][1]
    for setting, error in failed:
        best["about"] += f", fails at {setting}: {type(error).__name__}"
    print(json.dumps(best))


def timed(peer, job, x, y, setting):
    large = job["batches"] * job["n"] * job["m"] > LARGE
    solver = peer(job, x.astype(job["dtype"]), y.astype(job["dtype"]), **setting)
    if peer.warms and not large:
        solver.solve()
    began = time.perf_counter()
    g, iterations = solver.solve()
    seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    values, error = judged(job, x, y, g)
    return {
        "version": importlib.metadata.version(peer.package),
        "seconds": seconds,
        "error": error,
        "reached": bool(error <= 1.5 * job["tolerance"]),
        "values": values,
        "iterations": int(iterations),
        "dtype": job["dtype"],
        "about": f"{peer.about()}, Python {sys.version.split()[0]}",
        "settings": setting,
        "peak_bytes": peak,
    }
