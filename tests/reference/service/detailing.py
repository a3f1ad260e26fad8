"""Reference numbers for the response of prescriptions to visits (bayesm `detailing`, 1,000 physicians x 23 months).

Fit on months 1-16, judged on 17-23 by mean Poisson deviance around each physician's own mean of months 1-16
(0.05 at least). Run with ERBA_DATA set; writes detailing.json beside itself. Needs numpy and pandas.
"""
import json
import os
import pathlib

import numpy as np
import pandas as pd

data = pathlib.Path(os.environ.get("ERBA_DATA", "../shared/data")) / "bayesm_detailing"
panel = pd.read_csv(data / "detailing_counts.csv")
Y = panel.scripts.to_numpy(float).reshape(1000, 23)
D = panel.detailing.to_numpy(float).reshape(1000, 23)
TRAIN = 16
mean = Y[:, :TRAIN].mean(axis=1, keepdims=True)


def log_stock(carry_over):
    stock, out = D[:, :TRAIN].mean(axis=1), np.zeros_like(D)
    for month in range(23):
        stock = (1 - carry_over) * D[:, month] + carry_over * stock
        out[:, month] = np.log1p(stock)
    return out


def deviance(elasticity, L):
    base = L[:, :TRAIN].mean(axis=1, keepdims=True)
    mu = np.maximum(mean * np.exp(elasticity * (L[:, TRAIN:] - base)), 0.05)
    y = Y[:, TRAIN:]
    return float(np.mean(2 * (np.where(y > 0, y * np.log(np.where(y > 0, y, 1) / mu), 0) - (y - mu))))


def conditional(L):
    y, x, e = Y[:, :TRAIN], L[:, :TRAIN], 0.0
    for _ in range(100):
        p = np.exp(e * x)
        p /= p.sum(axis=1, keepdims=True)
        m = (p * x).sum(axis=1)
        v = (p * x * x).sum(axis=1) - m**2
        slope, bend = (y * (x - m[:, None])).sum(axis=1), y.sum(axis=1) * v
        e += slope.sum() / bend.sum()
    return e, float(np.sqrt((slope**2).sum()) / bend.sum()), float((y * np.log(p)).sum())


now = log_stock(0.0)
ly = np.log1p(Y[:, :TRAIN])
dy, dx = ly - ly.mean(axis=1, keepdims=True), now[:, :TRAIN] - now[:, :TRAIN].mean(axis=1, keepdims=True)
within = float((dy * dx).sum() / (dx**2).sum())
grid = [round(0.05 * step, 2) for step in range(18)]
fits = {carry_over: conditional(log_stock(carry_over)) for carry_over in grid}
best = max(grid, key=lambda carry_over: fits[carry_over][2])
elasticity, se, likelihood = fits[best]
prior, sd = 0.245, 0.1
pooled = (elasticity / se**2 + prior / sd**2) / (1 / se**2 + 1 / sd**2)
told = {
    "no_effect": deviance(0.0, now),
    "within_log_log": {"elasticity": within, "deviance": deviance(within, now)},
    "prior": {"elasticity": prior, "deviance": deviance(prior, now)},
    "conditional_without_carry_over": {"elasticity": fits[0.0][0], "se": fits[0.0][1], "deviance": deviance(fits[0.0][0], now)},
    "carry_over": best,
    "data": {"elasticity": elasticity, "se": se, "deviance": deviance(elasticity, log_stock(best))},
    "pooled": {
        "elasticity": pooled,
        "se": (1 / se**2 + 1 / sd**2) ** -0.5,
        "deviance": deviance(pooled, log_stock(best)),
    },
}
path = pathlib.Path(__file__).with_name("detailing.json")
path.write_text(json.dumps(told, indent=2) + "\n")
print(path.read_text())
