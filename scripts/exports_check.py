"""Runs exported models over rows, and prints what they say of these as JSON.

python exports_check.py onnx|sklearn LIST.json FOLDER_OF_LOADER: the list has {file, rows, precision} for each model.
"""

import json
import sys

import numpy as np


def onnx_answers(cases):
    import onnx
    import onnxruntime

    for case in cases:
        onnx.checker.check_model(onnx.load(case["file"]), full_check=True)
        session = onnxruntime.InferenceSession(case["file"], providers=["CPUExecutionProvider"])
        names = ["labels", "responsibilities", "log_densities"]
        assert [output.name for output in session.get_outputs()] == names
        rows = np.array(case["rows"], dtype=case["precision"])
        strays = np.array(case["strays"], dtype=case["precision"]).reshape(-1, rows.shape[1])
        found = session.run(names, {"rows": rows})
        beyond = [np.isfinite(session.run(names, {"rows": stray[None]})[2]).sum() for stray in strays]
        yield *found, np.array(sum(beyond))


def sklearn_answers(cases):
    from otmix_sklearn import load

    for case in cases:
        mixture = load(case["file"])
        rows = np.array(case["rows"])
        yield mixture.predict(rows), mixture.predict_proba(rows), mixture.score_samples(rows), np.array(0)


kind, path, folder = sys.argv[1:]
sys.path.insert(0, folder)
with open(path, encoding="utf-8") as file:
    cases = json.load(file)
answers = {"onnx": onnx_answers, "sklearn": sklearn_answers}[kind](cases)
found = [dict(zip(("labels", "responsibilities", "logDensities", "strays"), map(np.ndarray.tolist, one))) for one in answers]
print(json.dumps(found))
