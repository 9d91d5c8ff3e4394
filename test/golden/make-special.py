"""Writes special.json: special functions, and the equations that families solve with them, to 60 digits.

    pip install mpmath
    python make-special.py

Each table has rows of arguments and, last, the value, rounded to float64.
"""

import json
import pathlib

import mpmath
from mpmath import mpf

mpmath.mp.dps = 60
here = pathlib.Path(__file__).parent


def exactly(function):
    """The function of float64 arguments, with digits enough for what cancels in it."""

    def evaluate(*arguments):
        with mpmath.workdps(400):
            return +function(*[mpf(one) for one in arguments])

    return evaluate


def normalized(order, x):
    return mpmath.log(mpmath.besseli(order, x)) + mpmath.loggamma(order + 1) + order * mpmath.log(2 / x)


def ratio(order, x):
    return mpmath.besseli(order + 1, x) / mpmath.besseli(order, x)


def direction_normalizer(d, kappa):
    order = d / 2 - 1
    return order * mpmath.log(kappa) - d / 2 * mpmath.log(2 * mpmath.pi) - mpmath.log(mpmath.besseli(order, kappa))


def table(function, arguments):
    return [[*one, function(*one)] for one in arguments]


def inverse(function, start):
    """Solves function(…, y) = the last argument."""
    return lambda *a: mpmath.findroot(lambda y: function(*map(mpf, a[:-1]), y) - mpf(a[-1]), start(*a))


def remainder(x):
    return mpmath.loggamma(x) - (x - mpf(1) / 2) * mpmath.log(x) + x - mpmath.log(2 * mpmath.pi) / 2


def log_binomial(x, n, p):
    choices = mpmath.loggamma(n + 1) - mpmath.loggamma(x + 1) - mpmath.loggamma(n - x + 1)
    return choices + x * mpmath.log(p) + (n - x) * mpmath.log(1 - p)


def log_minus_digamma(x):
    return mpmath.log(x) - mpmath.digamma(x)


positive = [1e-300, 1e-10, 0.001, 0.1, 0.49999, 0.5, 0.7, 1 - 1e-9, 1.0, 1 + 1e-9, 1.2, 1.4616321449683622, 1.5]
positive += [2 - 1e-9, 2.0, 2 + 1e-9, 2.4, 2.5, 3.7, 5.0, 7.5, 9.99, 10.0, 33.3, 1000.5, 1e5, 1e7, 1e12]
single = [[x] for x in positive]
pairs = [[a, x] for a in (0.001, 0.3, 1.0, 9.0, 100.5, 1e6, 1e7) for x in (0.5, 1.0, 3.3, 77.0, 1e3, 1e7)]
orders = (-0.5, 0.0, 0.5, 5.0, 14.0, 31.5, 33.5, 191.0, 383.0, 2047.0)
bessel = [[order, x] for order in orders for x in (1e-8, 0.1, 3.0, 31.0, 33.0, 383.0, 1e3, 2e4, 1e5)]
sphere = [[float(d), k] for d in (2, 3, 5, 30, 768, 4096) for k in (0.001, 0.1, 1.0, 10.0, 100.0, 1000.0, 20000.0)]
lengths = [[2, 0.1], [2, 0.99], [3, 0.9], [3, 0.01], [10, 0.5], [50, 0.5], [50, 0.05], [384, 0.7], [768, 0.95]]
lengths += [[768, 0.1], [768, 0.01], [1536, 0.6], [4096, 0.5]]
counted = [[0.0, 3.3], [1.0, 1e-9], [2.0, 2.5], [7.0, 10.0], [15.0, 15.5], [16.0, 20.0], [90.0, 20.0], [1000.0, 1010.5]]
counted += [[1e7, 1e7 + 3e3], [1e8 - 5e4, 1e8], [1e12, 1e12 - 1e6], [2.0**53 - 1e8, 2.0**53], [3e7, 1e7]]
tried = [[0.0, 5.0, 0.2], [5.0, 5.0, 0.7], [2.0, 5.0, 0.3], [40.0, 100.0, 0.5], [1e5, 1e9, 1.01e-4], [5e14, 1e15, 0.5]]
shapes = [[s] for s in (1e-6, 0.001, 0.01, 0.1, 0.5, 1.0, 2.0, 5.0, 20.0)]
powers = [[sign * x] for sign in (1, -1) for x in (1e-300, 1e-17, 1e-9, 0.001, 0.1, 0.3, 0.34, 0.35, 0.5, 0.7, 1.0, 1.04)]
powers += [[sign * x] for sign in (1, -1) for x in (1.1, 2.0, 3.3, 10.0, 13.7, 36.0, 39.0, 100.3, 500.0, 700.7)]
powers += [[709.7827128933840], [-708.4], [-709.1], [-720.5], [-744.9]]
ratios = [[x] for x in (5e-324, 3e-310, 2.3e-308, 1e-100, 0.1, 0.5, 0.7, 0.7072, 0.99, 1 - 1e-15, 1 + 1e-15, 1.01, 1.41, 1.42)]
ratios += [[x] for x in (2.0, 3.7, 10.0, 12345.6, 2.0**53, 1e100, 1.7976931348623157e308)]
excesses = [[x] for x in (-1 + 2.0**-53, -1 + 1e-9, -0.9, -0.5, -0.3, -0.29, -0.1, -1e-5, -1e-16, 1e-16, 1e-300, 1e-5, 0.1)]
excesses += [[x] for x in (0.41, 0.42, 0.9, 1.0, 1.9, 3.7, 123.4, 2.0**53, 1e16, 1e100, 1.7976931348623157e308)]
degrees = [[c] for c in (-1.0001, -1.01, -1.1, -1.5, -2.0, -4.0)]

tables = {
    "logPoisson": table(exactly(lambda x, m: x * mpmath.log(m) - m - mpmath.loggamma(x + 1)), counted),
    "logBinomial": table(exactly(log_binomial), tried),
    "exp": table(exactly(mpmath.exp), powers),
    "expm1": table(exactly(mpmath.expm1), powers),
    "log": table(exactly(mpmath.log), ratios),
    "log1p": table(exactly(lambda x: mpmath.log(1 + x)), excesses),
    "logGamma": table(exactly(mpmath.loggamma), single),
    "stirlingRemainder": table(exactly(remainder), single),
    "digamma": table(exactly(mpmath.digamma), single),
    "trigamma": table(exactly(lambda x: mpmath.psi(1, x)), single[1:]),
    "logMinusDigamma": table(exactly(log_minus_digamma), single),
    "logMinusDigammaSlope": table(exactly(lambda x: 1 / x - mpmath.psi(1, x)), single[1:]),
    "logRising": table(exactly(lambda a, x: mpmath.loggamma(a + x) - mpmath.loggamma(a)), pairs),
    "digammaRise": table(exactly(lambda a, x: mpmath.digamma(a + x) - mpmath.digamma(a)), pairs),
    "logBeta": table(exactly(lambda a, b: mpmath.log(mpmath.beta(a, b))), pairs),
    "logNormalizedBesselI": table(lambda n, x: normalized(mpf(n), mpf(x)), bessel),
    "logBesselI": table(lambda n, x: mpmath.log(mpmath.besseli(n, x)), [one for one in bessel if one[0] >= 0]),
    "besselRatio": table(lambda n, x: ratio(mpf(n), mpf(x)), bessel),
    "meanLength": table(lambda d, k: ratio(mpf(d) / 2 - 1, mpf(k)), sphere),
    "logDirectionNormalizer": table(lambda d, k: direction_normalizer(mpf(d), mpf(k)), sphere),
    "concentration": table(
        inverse(lambda d, k: ratio(d / 2 - 1, k), lambda d, r: r * (d - r * r) / (1 - r * r)), lengths
    ),
    "gammaShape": table(inverse(log_minus_digamma, lambda s: (3 - s + ((s - 3) ** 2 + 24 * s) ** 0.5) / (12 * s)), shapes),
    "studentDegrees": table(lambda c: 2 * inverse(log_minus_digamma, lambda s: 0.5 / s + 0.1)(-1 - mpf(c)), degrees),
}

lines = [f'  "provenance": "make-special.py: mpmath {mpmath.__version__}, {mpmath.mp.dps} digits, rounded to float64"']
for name, rows in tables.items():
    text = ",\n".join("    [" + ", ".join(json.dumps(float(value)) for value in row) + "]" for row in rows)
    lines.append(f'  "{name}": [\n{text}\n  ]')
(here / "special.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")
