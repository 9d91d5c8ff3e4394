"""scikit-learn's GaussianMixture.sample: one JSON job on standard input, one JSON object on standard output.

Job: {n, d, k, covariance, draws, dtype, start}, start as in job.py
Result: {wall, processor, means, variances}: seconds of each draw, and of all threads; the last one's columns.
"""

import json
import sys
import time

from job import start_of
from sklearn.mixture import GaussianMixture

job = json.load(sys.stdin)
model = GaussianMixture(job["k"], covariance_type=job["covariance"], random_state=0)
model.weights_, model.means_, model.covariances_ = start_of(job)
wall, processor = [], []
for _ in range(job["draws"]):
    began, before = time.perf_counter(), time.process_time()
    rows, labels = model.sample(job["n"])
    wall.append(time.perf_counter() - began)
    processor.append(time.process_time() - before)
means, variances = rows.mean(axis=0).tolist(), rows.var(axis=0).tolist()
print(json.dumps({"wall": wall, "processor": processor, "means": means, "variances": variances}))
