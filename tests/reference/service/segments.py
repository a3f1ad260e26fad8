"""Reference numbers for segments that differ by an unknown amount (partial pooling), by another way than the program's:
for each tau the joint normal prior of all segments (covariance tau^2 I + sd^2 11') is conditioned on their estimates as a
whole, and tau, half-normal with the prior's sd, is integrated out by adaptive quadrature. Writes segments.json beside itself.
Needs numpy and scipy.
"""
import json
import pathlib

import numpy as np
from scipy.integrate import quad
from scipy.stats import multivariate_normal


def posterior(own, prior, sd):
    known = [index for index, entry in enumerate(own) if entry]
    y = np.array([own[index][0] for index in known])
    noise = np.diag([own[index][1] ** 2 for index in known])

    def given(tau):
        cov = tau**2 * np.eye(len(own)) + sd**2 * np.ones((len(own), len(own)))
        seen = cov[np.ix_(known, known)] + noise
        gain = cov[:, known] @ np.linalg.inv(seen)
        mean = prior + gain @ (y - prior)
        var = np.diag(cov - gain @ cov[known])
        weight = multivariate_normal.pdf(y, np.full(len(y), prior), seen) * np.exp(-((tau / sd) ** 2) / 2)
        return weight, mean, var

    def integral(of):
        return quad(lambda tau: of(*given(tau)), 0, 8 * sd, epsabs=0, epsrel=1e-10, limit=400)[0]

    total = integral(lambda weight, mean, var: weight)
    told = []
    for index in range(len(own)):
        mean = integral(lambda weight, m, v: weight * m[index]) / total
        square = integral(lambda weight, m, v: weight * (v[index] + (m[index] - mean) ** 2)) / total
        told.append({"elasticity": mean, "se": float(np.sqrt(square))})
    return told


cases = []
for prior, sd, own in [
    (0.245, 0.1, [(0.05, 0.03), (0.15, 0.04), (0.30, 0.05)]),
    (0.245, 0.1, [(0.12, 0.05), (0.13, 0.06), None]),
    (0.34, 0.1, [(0.02, 0.02), None]),
    (0.34, 0.05, [(0.1, 0.01), (0.3, 0.01), (0.2, 0.08), (-0.05, 0.09)]),
]:
    cases.append({"prior": prior, "sd": sd, "own": own, "segments": posterior(own, prior, sd)})
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(cases, indent=1) + "\n")
