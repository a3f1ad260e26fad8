"""Reference numbers for the lifetime models, by the closed forms of the papers at 60 digits.

    python3 tests/reference/lifetime/make_values.py

writes hyp2f1.csv (ln of the Gauss hypergeometric function), models.csv (ln L, P(alive) and expected
purchases of single customers) and spend.csv (Gamma-Gamma). Needs mpmath (made with 1.3.0).
"""

import csv
import pathlib

from mpmath import beta, exp, gamma, hyp2f1, loggamma, log, mp, mpf, quad

mp.dps = 60
HERE = pathlib.Path(__file__).parent


def write(name, header, rows):
    with open(HERE / name, "w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(header)
        for row in rows:
            out.writerow([mp.nstr(cell, 17) if isinstance(cell, mpf) else cell for cell in row])


def bg(params, x, t_x, total, t):
    """Fader, Hardie & Lee (2005), eq. (6) and (10)."""
    r, alpha, a, b = map(mpf, params)
    x, t_x, total, t = mpf(x), mpf(str(t_x)), mpf(str(total)), mpf(t)
    left = beta(a + 1, b + x - 1) / beta(a, b) * (alpha + t_x) ** -(r + x) if x > 0 else mpf(0)
    stay = beta(a, b + x) / beta(a, b) * (alpha + total) ** -(r + x)
    ln_l = loggamma(r + x) - loggamma(r) + r * log(alpha) + log(stay + left)
    alive = stay / (stay + left)
    now = alpha + total
    f = hyp2f1(r + x, b + x, a + b + x - 1, t / (now + t))
    mean = (a + b + x - 1) / (a - 1) * (1 - (now / (now + t)) ** (r + x) * f)
    return ln_l, alive, alive * mean


def mbg(params, x, t_x, total, t):
    """Batislam, Denizel & Filiztekin (2007)."""
    r, alpha, a, b = map(mpf, params)
    x, t_x, total, t = mpf(x), mpf(str(t_x)), mpf(str(total)), mpf(t)
    left = beta(a + 1, b + x) / beta(a, b) * (alpha + t_x) ** -(r + x)
    stay = beta(a, b + x + 1) / beta(a, b) * (alpha + total) ** -(r + x)
    ln_l = loggamma(r + x) - loggamma(r) + r * log(alpha) + log(stay + left)
    alive = stay / (stay + left)
    now = alpha + total
    f = hyp2f1(r + x, b + x + 1, a + b + x, t / (now + t))
    mean = (a + b + x) / (a - 1) * (1 - (now / (now + t)) ** (r + x) * f)
    return ln_l, alive, alive * mean


def pareto(params, x, t_x, total, t):
    """Fader & Hardie (2005), note 009: likelihood with A0, eq. (41) for the expectation."""
    r, alpha, s, b = map(mpf, params)
    x, t_x, total, t = mpf(x), mpf(str(t_x)), mpf(str(total)), mpf(t)
    big, small = max(alpha, b), min(alpha, b)
    second = s + 1 if alpha >= b else r + x
    n = r + s + x

    def part(time):
        return hyp2f1(n, second, n + 1, (big - small) / (big + time)) / (big + time) ** n

    left = s / n * (part(t_x) - part(total))
    stay = (alpha + total) ** -(r + x) * (b + total) ** -s
    ln_l = loggamma(r + x) - loggamma(r) + r * log(alpha) + s * log(b) + log(stay + left)
    alive = stay / (stay + left)
    if s == 1:
        life = (b + total) * log((b + total + t) / (b + total))
    else:
        life = (b + total) / (s - 1) * (1 - ((b + total) / (b + total + t)) ** (s - 1))
    return ln_l, alive, alive * (r + x) / (alpha + total) * life


CUSTOMERS = [
    (0, 0, 38.86, 39), (1, 1.71, 38.86, 39), (2, 30.43, 38.86, 39), (26, 30.86, 31, 52),
    (7, 6.5, 100, 10), (132, 200, 200, 52), (133, 200, 200, 52), (40, 3, 300, 1000),
]
PARAMS = {
    "bg-nbd": [(0.2426, 4.4136, 0.7929, 2.4259), (2.5, 20, 0.05, 0.4), (0.8, 3, 3.7, 9)],
    "mbg-nbd": [(0.5248, 6.1829, 0.8909, 1.6138), (2.5, 20, 0.05, 0.4), (0.8, 3, 3.7, 9)],
    "pareto-nbd": [
        (0.5534, 10.5802, 0.6061, 11.6562), (0.5534, 40, 0.6061, 0.8), (2.5, 2, 1, 300), (1.2, 9, 3.4, 9),
    ],
}
MODELS = {"bg-nbd": bg, "mbg-nbd": mbg, "pareto-nbd": pareto}

rows = []
for name, model in MODELS.items():
    for params in PARAMS[name]:
        exact = tuple(mpf(str(param)) for param in params)
        for customer in CUSTOMERS:
            rows.append([name, *params, *customer, *map(mpf, model(exact, *customer))])
write("models.csv", "model,p1,p2,p3,p4,x,t_x,T,t,ln_likelihood,p_alive,expected".split(","), rows)

rows = []
for a in (0.25, 2.2, 26.24, 133.5):
    for b in (0.4, 2.4, 28.4):
        for c in (0.7, 3.2, 29.0, 135.1):
            for z in (0.001, 0.25, 0.9, 0.995):
                exact = [mpf(str(part)) for part in (a, b, c, z)]
                rows.append([a, b, c, z, log(hyp2f1(*exact))])
write("hyp2f1.csv", "a,b,c,z,ln_hyp2f1".split(","), rows)

# ln density of the mean spend, checked against its definition as an integral over nu.
rows = []
for p, q, v in ((6.25, 3.74, 15.44), (1.5, 1.2, 40), (30, 9, 2)):
    for x, mean in ((1, 11.77), (2, 22.35), (9, 140.2), (60, 3.3)):
        P, Q, V, M = mpf(str(p)), mpf(str(q)), mpf(str(v)), mpf(str(mean))
        value = quad(
            lambda nu: exp((P * x) * log(nu * x) + (P * x - 1) * log(M) - nu * x * M - loggamma(P * x)
                           + Q * log(V) + (Q - 1) * log(nu) - V * nu - loggamma(Q)),
            [0, 0.01, 0.1, 0.3, 1, 3, 10, 100, mp.inf],
        )
        expected = P * (V + x * M) / (P * x + Q - 1)
        rows.append([p, q, v, x, mean, log(value), expected])
write("spend.csv", "p,q,v,x,mean,ln_likelihood,expected".split(","), rows)
