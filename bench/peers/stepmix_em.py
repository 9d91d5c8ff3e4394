"""StepMix's EM for binary columns: StepMix._e_step and then _m_step, the two calls that its em() repeats. See job.py."""

import job as peers

try:
    import numpy
    from stepmix.stepmix import StepMix
    from threadpoolctl import threadpool_info
except ImportError as error:
    peers.missing(error)


class Stepmix:
    package = "stepmix"
    families = ("bernoulli",)
    dtypes = ("float32", "float64")

    def __init__(self, job, x):
        self.x = x
        self.model = StepMix(n_components=job["k"], measurement="binary", random_state=0, progress_bar=0)
        few = x[: job["k"]]
        self.model._check_initial_parameters(few)
        self.model._check_x_y(few, reset=True)
        self.model._initialize_parameters(few, numpy.random.RandomState(0))
        self.model.weights_ = numpy.array(job["start"]["weights"], x.dtype)
        self.model._mm.parameters["pis"] = numpy.array(job["start"]["components"][0]["probabilities"], x.dtype)

    @staticmethod
    def settings(job):
        return [{}]

    def step(self):
        _, log_responsibilities = self.model._e_step(self.x)
        self.model._m_step(self.x, numpy.exp(log_responsibilities))

    def score(self):
        return self.model._e_step(self.x)[0]

    def dtype(self):
        return str(self.model._mm.parameters["pis"].dtype)

    def threads(self):
        return max((pool["num_threads"] for pool in threadpool_info()), default=1)

    def about(self):
        return f"numpy {numpy.__version__}"


peers.run(Stepmix)
