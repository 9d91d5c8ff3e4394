"""Times EM for Gaussian mixtures in PyTorch: one JSON job on standard input, one JSON object on standard output.

Job: {data, n, d, iterations, device, fits: [{covariance, k, start: {weights [k], means [k][d], variance}}]}
    data     path of a float32 .npy array [n, d]
    device   "cuda", or "cpu" for tests
    start    every component has the covariance variance * I

Result: {torch, cuda, device, python, results: [{covariance, n, d, k, form, tf32, seconds_per_iteration, objective,
memory_bytes}]}. With --probe, and no job: {torch, cuda: whether there is a device} or {missing: why}.

Method: float32 on the device, matrix products throughout, rows in chunks so that no temporary exceeds CHUNK_BYTES,
whatever n; chunk sums are added in float64, and the M-step is in float64 on the device. An iteration is an E-step and
an M-step, timed by itself with the device synchronised before and after; the median is taken, after WARM iterations
that are not. On CUDA all is timed twice, with TF32 off ("highest") and on ("high": tensor cores, about 3 decimal
digits). `objective` is the mean log-likelihood in nats after the last M-step. 1e-6 is added to variances. Forms:

    full, whitened    z = x W - m for all components at once, [rows, k d]; second moments (r x)' x, [k d, d]
    full, features    the expanded square: one product of all x_i x_j (i <= j) with k precisions, one with
                      responsibilities; half the operations, fewer correct digits far from the origin
    tied              rows whitened once; the sum of x x' does not change and is formed once, before the clock starts
    diag, spherical   the expanded square: x, x^2 (or |x|^2) times k columns, and back
"""

import json
import math
import statistics
import sys
import time

try:
    import numpy
    import torch
except ImportError as error:
    print(json.dumps({"missing": f"{error.name or error} is not installed"}))
    sys.exit(0)

WARM = 2
RIDGE = 1e-6


class Whitened:
    """Full covariances by z = (x - mu) W, W W' = precision."""

    name = "whitened"

    def __init__(self, x):
        self.d = x.shape[1]

    def width(self, k):
        return k * self.d

    def start(self, k, variance):
        return variance * torch.eye(self.d, dtype=torch.float64).expand(k, self.d, self.d)

    def pack(self, log_weights, means, covariances):
        factor = torch.linalg.cholesky(covariances)
        eye = torch.eye(self.d, dtype=factor.dtype, device=factor.device).expand_as(factor)
        whitening = torch.linalg.solve_triangular(factor, eye, upper=False).mT  # [k, d, d], upper triangular
        self.w = whitening.permute(1, 0, 2).reshape(self.d, -1).float().contiguous()
        self.m = (means.unsqueeze(1) @ whitening).reshape(1, -1).float()
        half_log_det = whitening.diagonal(dim1=1, dim2=2).log().sum(1)
        self.constant = (log_weights + half_log_det - 0.5 * self.d * math.log(2 * math.pi)).float()

    def logits(self, x):
        z = torch.addmm(self.m, x, self.w, beta=-1)
        distance = torch.linalg.vector_norm(z.view(len(x), -1, self.d), dim=2)
        return self.constant - 0.5 * distance.square_()

    def second(self, x, r):
        weighted = (r.unsqueeze(2) * x.unsqueeze(1)).view(len(x), -1)
        return (weighted.T @ x).view(-1, self.d, self.d)

    def estimate(self, mass, means, second):
        outer = means.unsqueeze(2) * means.unsqueeze(1)
        covariances = second / mass[:, None, None] - outer
        covariances.diagonal(dim1=1, dim2=2).add_(RIDGE)
        return covariances


class Features(Whitened):
    """Full covariances by the products x_i x_j."""

    name = "features"

    def __init__(self, x):
        super().__init__(x)
        self.i, self.j = torch.triu_indices(self.d, self.d, device=x.device)

    def width(self, k):
        return 2 * len(self.i) + k

    def pack(self, log_weights, means, covariances):
        precisions = torch.linalg.inv(covariances)
        twice = torch.where(self.i == self.j, 1.0, 2.0)
        self.quadratic = (-0.5 * twice * precisions[:, self.i, self.j]).T.float().contiguous()  # [d (d + 1) / 2, k]
        linear = (precisions @ means.unsqueeze(2)).squeeze(2)
        self.linear = linear.T.float().contiguous()
        inner = -0.5 * (linear * means).sum(1) + 0.5 * torch.linalg.slogdet(precisions)[1]
        self.constant = (log_weights + inner - 0.5 * self.d * math.log(2 * math.pi)).float()

    def logits(self, x):
        self.products = x[:, self.i].mul_(x[:, self.j])
        return torch.addmm(self.constant, self.products, self.quadratic).addmm_(x, self.linear)

    def second(self, x, r):
        return r.T @ self.products

    def estimate(self, mass, means, second):
        square = torch.empty(len(mass), self.d, self.d, dtype=second.dtype, device=second.device)
        square[:, self.i, self.j] = second
        square[:, self.j, self.i] = second
        return super().estimate(mass, means, square)


class Tied(Whitened):
    """One covariance: |x W - mu W|^2 expanded, since W is everybody's."""

    name = "whitened once"

    def __init__(self, x):
        super().__init__(x)
        rows = max(1, chunk_bytes(x) // (4 * self.d))
        self.total = sum((part.T @ part).double() for part in x.split(rows))
        self.n = len(x)

    def width(self, k):
        return 2 * self.d + 2 * k

    def start(self, k, variance):
        return variance * torch.eye(self.d, dtype=torch.float64)

    def pack(self, log_weights, means, covariance):
        factor = torch.linalg.cholesky(covariance)
        eye = torch.eye(self.d, dtype=factor.dtype, device=factor.device)
        whitening = torch.linalg.solve_triangular(factor, eye, upper=False).mT
        centres = means @ whitening
        self.w = whitening.float().contiguous()
        self.m = centres.T.float().contiguous()
        log_normalizer = whitening.diagonal().log().sum() - 0.5 * self.d * math.log(2 * math.pi)
        self.constant = (log_weights + log_normalizer - 0.5 * centres.square().sum(1)).float()

    def logits(self, x):
        z = x @ self.w
        squares = torch.linalg.vector_norm(z, dim=1, keepdim=True).square_()
        return torch.addmm(self.constant, z, self.m).sub_(0.5 * squares)

    def second(self, x, r):
        return None

    def estimate(self, mass, means, second):
        covariance = (self.total - (means * mass.unsqueeze(1)).T @ means) / self.n
        covariance.diagonal().add_(RIDGE)
        return covariance


class Diagonal:
    """Variances by column."""

    name = "expanded"

    def __init__(self, x):
        self.d = x.shape[1]

    def width(self, k):
        return self.d + 2 * k

    def start(self, k, variance):
        return torch.full((k, self.d), variance, dtype=torch.float64)

    def pack(self, log_weights, means, variances):
        self.quadratic = (-0.5 / variances).T.float().contiguous()
        self.linear = (means / variances).T.float().contiguous()
        inner = -0.5 * (means.square() / variances + variances.log()).sum(1)
        self.constant = (log_weights + inner - 0.5 * self.d * math.log(2 * math.pi)).float()

    def logits(self, x):
        self.squares = x.square()
        return torch.addmm(self.constant, self.squares, self.quadratic).addmm_(x, self.linear)

    def second(self, x, r):
        return r.T @ self.squares

    def estimate(self, mass, means, second):
        return second / mass.unsqueeze(1) - means.square() + RIDGE


class Spherical(Diagonal):
    """One variance a component."""

    def start(self, k, variance):
        return torch.full((k, 1), variance, dtype=torch.float64)

    def pack(self, log_weights, means, variances):
        self.quadratic = (-0.5 / variances).T.float().contiguous()
        self.linear = (means / variances).T.float().contiguous()
        inner = -0.5 * (means.square().sum(1, keepdim=True) / variances + self.d * variances.log()).squeeze(1)
        self.constant = (log_weights + inner - 0.5 * self.d * math.log(2 * math.pi)).float()

    def logits(self, x):
        self.squares = torch.linalg.vector_norm(x, dim=1, keepdim=True).square_()
        return torch.addmm(self.constant, x, self.linear).addmm_(self.squares, self.quadratic)

    def estimate(self, mass, means, second):
        return (second / mass.unsqueeze(1) - means.square().sum(1, keepdim=True)) / self.d + RIDGE


FORMS = {"full": [Whitened, Features], "tied": [Tied], "diag": [Diagonal], "spherical": [Spherical]}


def chunk_bytes(x):
    return 2**30 if x.is_cuda else 2**25


def synchronize(x):
    if x.is_cuda:
        torch.cuda.synchronize()


class Em:
    def __init__(self, form, x, fit):
        self.form, self.x = form, x
        start = fit["start"]
        as_double = {"dtype": torch.float64, "device": x.device}
        self.log_weights = torch.tensor(start["weights"], **as_double).log()
        self.means = torch.tensor(start["means"], **as_double)
        self.covariances = form.start(fit["k"], start["variance"]).to(x.device)
        self.rows = max(1, chunk_bytes(x) // (4 * form.width(fit["k"])))

    def e_step(self):
        """Sums over all rows: log-likelihood, mass [k], first moments [k, d] and the form's second ones."""
        self.form.pack(self.log_weights, self.means, self.covariances)
        sums = None
        for x in self.x.split(self.rows):
            logits = self.form.logits(x)
            log_density = torch.logsumexp(logits, dim=1, keepdim=True)
            r = logits.sub_(log_density).exp_()
            parts = [log_density.double().sum(), r.sum(0).double(), (r.T @ x).double(), self.form.second(x, r)]
            parts = [part if part is None else part.double() for part in parts]
            sums = parts if sums is None else [s if s is None else s.add_(part) for s, part in zip(sums, parts)]
        return sums

    def m_step(self, sums):
        _, mass, first, second = sums
        self.means = first / mass.unsqueeze(1)
        self.covariances = self.form.estimate(mass, self.means, second)
        self.log_weights = (mass / mass.sum()).log()

    def iterate(self):
        synchronize(self.x)
        began = time.perf_counter()
        self.m_step(self.e_step())
        synchronize(self.x)
        return time.perf_counter() - began


def measure(x, fit, form, tf32, iterations):
    torch.set_float32_matmul_precision("high" if tf32 else "highest")
    warm = Em(form(x), x, fit)
    for _ in range(WARM):
        warm.iterate()
    del warm
    if x.is_cuda:
        torch.cuda.reset_peak_memory_stats()
    em = Em(form(x), x, fit)
    seconds = [em.iterate() for _ in range(iterations)]
    memory = torch.cuda.max_memory_allocated() - x.nbytes if x.is_cuda else None
    return {
        **{"covariance": fit["covariance"], "n": len(x), "d": x.shape[1], "k": fit["k"]},
        **{"form": form.name, "tf32": tf32, "seconds_per_iteration": statistics.median(seconds)},
        **{"objective": em.e_step()[0].item() / len(x), "memory_bytes": memory},
    }


@torch.inference_mode()
def run(job):
    data = numpy.load(job["data"])
    if data.shape != (job["n"], job["d"]) or data.dtype != numpy.float32:
        expected, got = f"float32 [{job['n']}, {job['d']}]", f"{data.dtype} {list(data.shape)}"
        raise SystemExit(f"torch_em: expected {expected}, got {got}; pass the array written")
    x = torch.from_numpy(data).to(job["device"])
    results = []
    for fit in job["fits"]:
        for form in FORMS[fit["covariance"]]:
            for tf32 in [False, True] if x.is_cuda else [False]:
                results.append(measure(x, fit, form, tf32, job["iterations"]))
    return {
        "torch": torch.__version__,
        "cuda": torch.version.cuda,
        "device": torch.cuda.get_device_name() if x.is_cuda else "cpu",
        "python": sys.version.split()[0],
        "results": results,
    }


if "--probe" in sys.argv[1:]:
    print(json.dumps({"torch": torch.__version__, "cuda": torch.cuda.is_available()}))
else:
    print(json.dumps(run(json.load(sys.stdin))))
