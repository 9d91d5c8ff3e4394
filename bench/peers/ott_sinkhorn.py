"""OTT-JAX: Sinkhorn on a PointCloud, compiled, vmapped over a batch; plain, over-relaxed and with Anderson acceleration."""

import os

import sinkhorn_job as peers

try:
    import jax
    import numpy
    from ott.geometry import pointcloud
    from ott.problems.linear import linear_problem
    from ott.solvers.linear import acceleration, sinkhorn
except ImportError as error:
    peers.missing(error)


class Ott:
    package = "ott-jax"
    warms = True

    def __init__(self, job, x, y, momentum=None, anderson=None, batch_size=None):
        jax.config.update("jax_enable_x64", job["dtype"] == "float64")  # its loops mix no types
        if "threads" in job:  # XLA sizes its pool by the processors that the process may run on
            os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: job["threads"]])
        solver = sinkhorn.Sinkhorn(
            threshold=job["tolerance"],
            max_iterations=job["maxIterations"],
            momentum=momentum and acceleration.Momentum(value=momentum),
            anderson=anderson and acceleration.AndersonAcceleration(memory=anderson),
            implicit_diff=None,
        )

        def one(x, y):
            geometry = pointcloud.PointCloud(x, y, epsilon=job["epsilon"], batch_size=batch_size)
            out = solver(linear_problem.LinearProblem(geometry))
            return out.g, out.n_iters

        self.epsilon, self.m = job["epsilon"], job["m"]
        self.points = jax.device_put(x), jax.device_put(y)
        self.compiled = jax.jit(jax.vmap(one)).lower(*self.points).compile()

    @staticmethod
    def settings(job):
        if job["batches"] > 1:
            return [{}, {"momentum": 1.5}, {"anderson": 5}]
        return [{}, {"batch_size": 1024}] if job["dtype"] == "float32" else [{}]

    def solve(self):
        g, iterations = jax.block_until_ready(self.compiled(*self.points))
        # Theirs is of P = exp((f + g - C) / eps).
        return numpy.asarray(g, "float64") + self.epsilon * numpy.log(self.m), iterations.max()

    @staticmethod
    def about():
        return f"jax {jax.__version__}"


peers.run(Ott)
