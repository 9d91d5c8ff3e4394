"""scikit-learn's fit of the flights, from Parquet to a fitted mixture: one JSON job in, one JSON object out.

Job: {path, k, covariance, regularization, tolerance, max_iterations, seed}
Result: {version, iterations, converged, objective, seconds: {load, fit, score}, cpu, peak_bytes}: seconds
without imports, processor seconds of all threads with them; or
{missing: why}.
"""

import json
import resource
import sys
import time

try:
    import numpy
    import pyarrow.compute
    import pyarrow.parquet
    import sklearn
    from sklearn_mixture import mixture
except ImportError as error:
    print(json.dumps({"missing": f"{error.name or error}: sh bench/peers/setup.sh"}))
    sys.exit(0)


def flights(path):
    """Delay, distance and the hour of the day as float64 [n, 3], as the bench's query has them."""
    table = pyarrow.parquet.read_table(path, columns=["delay", "distance", "date"])
    date = table["date"]
    hour = pyarrow.compute.hour(date).to_numpy() + pyarrow.compute.minute(date).to_numpy() / 60
    return numpy.column_stack([table["delay"].to_numpy(), table["distance"].to_numpy(), hour])


job = json.load(sys.stdin)
clock = [time.perf_counter()]
x = flights(job["path"])
clock.append(time.perf_counter())
model = mixture(job, "k-means++", job["seed"]).fit(x)
clock.append(time.perf_counter())
objective = model.score(x)
clock.append(time.perf_counter())
usage = resource.getrusage(resource.RUSAGE_SELF)
print(
    json.dumps(
        {
            "version": sklearn.__version__,
            "iterations": model.n_iter_,
            "converged": bool(model.converged_),
            "objective": float(objective),
            "seconds": dict(zip(("load", "fit", "score"), numpy.diff(clock).tolist())),
            "cpu": usage.ru_utime + usage.ru_stime,
            "peak_bytes": usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024),
        }
    )
)
