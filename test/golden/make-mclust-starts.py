"""Where R's mclust starts on the stored data sets, and how its EM ends: prints mclust-starts.json. Run from the root."""

import json
import subprocess

SETS = ("iris", "faithful")
COMPONENTS = (3, 6)

told = subprocess.run(["Rscript", "bench/peers/mclust-starts.R", *SETS], check=True, capture_output=True, text=True)
starts = [
    {
        "dataset": one["name"],
        "labels": "".join(str(label) for label in start["labels"]),
        "logLikelihoods": {fit["form"]: fit["logLikelihood"] for fit in start["fits"]},
    }
    for one in json.loads(told.stdout)
    for start in one["starts"]
    if max(start["labels"]) + 1 in COMPONENTS
]
print(json.dumps(starts, indent=1))
