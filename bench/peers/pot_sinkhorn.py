"""POT: ot.batch's log-domain Sinkhorn on PyTorch for a batch, ot.sinkhorn with the kernel in memory for one large problem.

Both test the L2 norm of the error, which is at least that in L1 divided by the square root of the number of points.
"""

import sinkhorn_job as peers

try:
    import numpy
    import ot
    import ot.batch
    import torch
except ImportError as error:
    peers.missing(error)


class Pot:
    package = "pot"
    warms = False

    def __init__(self, job, x, y):
        self.job, self.x, self.y = job, x, y
        if "threads" in job:
            torch.set_num_threads(job["threads"])

    @staticmethod
    def settings(job):
        return [{}]

    def solve(self):
        job = self.job
        threshold = job["tolerance"] / job["m"] ** 0.5
        if job["batches"] > 1:
            x, y = torch.from_numpy(self.x), torch.from_numpy(self.y)
            cost = ((x[:, :, None, :] - y[:, None, :, :]) ** 2).sum(-1)
            log = ot.batch.bregman_log_projection_batch(
                -cost / job["epsilon"], max_iter=job["maxIterations"], tol=threshold
            )
            potential = log["potentials"][1].double().numpy()
            return job["epsilon"] * (potential + numpy.log(job["m"])), log["n_iters"] + 1
        cost = ot.dist(self.x[0], self.y[0])
        _, log = ot.sinkhorn(
            [], [], cost, job["epsilon"], numItermax=job["maxIterations"], stopThr=threshold, log=True
        )
        return job["epsilon"] * (numpy.log(log["v"].astype("float64")) + numpy.log(job["m"]))[None], log["niter"] + 1

    @staticmethod
    def about():
        return f"torch {torch.__version__}, numpy {numpy.__version__}"


peers.run(Pot)
