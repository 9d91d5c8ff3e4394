"""Writes draws.json: what `mixture.sample` draws, in exact integers and Python's floats, from the papers alone.

Words are splitmix64's (Steele, Lea & Flood 2014), labels come of Walker's aliases, and normal numbers of a ziggurat
(Marsaglia & Tsang 2000) of 1024 layers. No package is needed, and no function that machines round differently is used.
"""

import json
import math
import pathlib
import struct

ALL = 2**64 - 1
GAMMA = 0x9E3779B97F4A7C15
TAIL, DENSITY, AREA = 4.038849846109504, 0.0002869639270833279, 0.0012263246463530897


def mixed(word):
    word = ((word ^ (word >> 30)) * 0xBF58476D1CE4E5B9) & ALL
    word = ((word ^ (word >> 27)) * 0x94D049BB133111EB) & ALL
    return word ^ (word >> 31)


def base_of(seed, stream):
    return mixed(mixed(seed & ALL) ^ stream)


def word_of(base, number):
    return mixed((base + (number + 1) * GAMMA) & ALL)


def uniform(word):
    return (word >> 11) / 2**53


def log(x):
    """fdlibm's, for 0 < x <= 1; math.log may be another in the last bit."""
    m, e = math.frexp(x)
    if m < math.sqrt(0.5):
        m, e = 2 * m, e - 1
    f = m - 1
    s = f / (2 + f)
    z = s * s
    w = z * z
    odd = w * (0.3999999999940941908 + w * (0.2222219843214978396 + w * 0.1531383769920937332))
    even = z * (
        0.6666666666666735130
        + w * (0.2857142874366239149 + w * (0.1818357216161805012 + w * 0.1479819860511658591))
    )
    half = 0.5 * f * f
    return e * 6.93147180369123816490e-1 - (half - (s * (half + (odd + even)) + e * 1.90821492927058770002e-10) - f)


def layers():
    edges, heights = [AREA / DENSITY, TAIL], [0.0, DENSITY]
    for _ in range(2, 1024):
        heights.append(heights[-1] + AREA / edges[-1])
        edges.append(math.sqrt(-2 * log(heights[-1])))
    return [*edges, 0.0], [*heights, 1.0]


EDGES, HEIGHTS = layers()


def normal(word):
    own, number = word, 0

    def more():
        nonlocal number
        number += 1
        return word_of(word, number - 1)

    while True:
        layer, size = own & 1023, (own >> 12) - 2**51
        x = size * (EDGES[layer] / 2**51)
        if abs(size) < math.floor(EDGES[layer + 1] / EDGES[layer] * 2**51):
            return x
        if layer == 0:
            while True:
                beyond = -log(1 - uniform(more())) / TAIL
                if -2 * log(1 - uniform(more())) > beyond * beyond:
                    return math.copysign(TAIL + beyond, x)
        y = HEIGHTS[layer] + uniform(more()) * (HEIGHTS[layer + 1] - HEIGHTS[layer])
        if -2 * log(y) > x * x:
            return x
        own = more()


def labels(weights, seed, n):
    """Of three weights .5, .25, .25 the table is exact: .75 and .75 are filled up by the first."""
    assert weights == [0.5, 0.25, 0.25]
    shares, aliases = [1, 0.75, 0.75], [0, 0, 0]
    for row in range(n):
        place = uniform(word_of(base_of(seed, 0), row)) * 3
        own = int(place)
        yield own if place - own < shares[own] else aliases[own]


def rows(mixture, seed, n, drawn):
    """Sums go through the columns in their order, and the mean comes last."""
    base, d = base_of(seed, 1), len(mixture["means"][0])
    for row in range(n):
        z = [normal(word_of(base, row * d + j)) for j in range(d)]
        lower, mean = mixture["lower"][drawn[row]], mixture["means"][drawn[row]]
        yield [mean[i] + dot(lower[i], z, i + 1) for i in range(d)]


def dot(a, b, length):
    """Not by `sum`, which compensates from Python 3.12 on."""
    total = 0.0
    for j in range(length):
        total += a[j] * b[j]
    return total


def digest(values):
    """FNV-1a (32 bits) of the values as little-endian float64."""
    state = 0x811C9DC5
    for byte in b"".join(struct.pack("<d", value) for value in values):
        state = ((state ^ byte) * 0x01000193) & 0xFFFFFFFF
    return state


# Factors of few bits, so that covariances are exact and Cholesky gives the factors back.
mixture = {
    "weights": [0.5, 0.25, 0.25],
    "means": [[0, 0, 0], [5, -3, 0.5], [-1000, 20, 7]],
    "lower": [
        [[1, 0, 0], [0.5, 2, 0], [-0.25, 1, 0.75]],
        [[3, 0, 0], [0, 0.5, 0], [1.5, -2, 1]],
        [[0.125, 0, 0], [4, 1, 0], [0, 0, 2]],
    ],
}
N, SHOWN = 20_000, 4
cases = []
for seed in (0, 7, -3, 2**53 - 1):
    drawn = list(labels(mixture["weights"], seed, N))
    values = [value for row in rows(mixture, seed, N, drawn) for value in row]
    first = {"labels": drawn[:SHOWN], "rows": [values[3 * row : 3 * row + 3] for row in range(SHOWN)]}
    cases.append({"seed": seed, "n": N, **first, "digest": digest(values), "labelDigest": digest(drawn)})
path = pathlib.Path(__file__).with_name("draws.json")
lines = ",\n".join(json.dumps(case) for case in cases)
path.write_text(f'{{"mixture": {json.dumps(mixture)},\n"cases": [\n{lines}\n]}}\n')
