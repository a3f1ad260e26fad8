"""Reference numbers for the adoption model, written apart from the Rust code.

Works on dense customer x launch matrices (the Rust code never builds one), iterates the same
equations until nothing moves, and writes the case and the numbers to adoption.json.
Run: python3 adoption.py   (numpy only; made with numpy on Python 3)
"""

import json
import numpy as np

rng = np.random.default_rng(20220101)
N, J, END = 14, 24, 400
days = np.sort(rng.integers(20, 390, J))
first = rng.integers(0, 120, N)
last = rng.integers(250, END + 1, N)
sales = np.round(np.exp(rng.normal(8, 1.2, N)), 2)
appeal_true = rng.uniform(0.1, 0.7, J)
trait = np.where(np.arange(N) % 2 == 0, 4.0, 0.15)
adoptions = [[] for _ in range(N)]
for i in range(N):
    for j in range(J):
        if rng.uniform() < 1 - np.exp(-appeal_true[j] * trait[i]):
            day = int(days[j] + rng.integers(-60, 60))
            if max(first[i], 0) <= day <= last[i]:
                adoptions[i].append([j, day])
adoptions[3].append([int(np.searchsorted(days, first[3])), int(first[3])]) if not adoptions[3] else None
new_sales = np.array([round(float(s) * min(0.9, 0.05 * len(a)), 2) for s, a in zip(sales, adoptions)])
entropy = np.round(rng.uniform(0.2, 1.8, N), 4)

# early window: median lag of adopters active at launch, of launches watched for at least half as long as the oldest
watched = END - days
lags = [
    d - days[j]
    for i in range(N)
    for j, d in adoptions[i]
    if d >= days[j] and first[i] <= days[j] <= last[i] and watched[j] >= watched.max() // 2
]
w = int(sorted(lags)[len(lags) // 2])
w = max(1, min(w, int(sorted(watched)[J // 2])))

active = (first[:, None] <= days[None, :]) & (days[None, :] <= last[:, None])
complete = days + w <= END
bought = np.zeros((N, J), bool)
lag = np.zeros((N, J))
for i in range(N):
    for j, d in adoptions[i]:
        bought[i, j], lag[i, j] = True, d - days[j]
held = bought & active & (lag < -w)
at_risk = active & ~held
early = bought & at_risk & (np.abs(lag) <= w) & complete[None, :]
risk = at_risk & complete[None, :]
T = early.sum(1).astype(float)

logv = np.log(sales)
x = (logv - logv.mean()) / logv.std()
gamma, k, u = 0.0, 1.0, np.ones(N)
for _ in range(5000):
    v = np.exp(gamma * x)
    exposed = (risk * (u * v)[:, None]).sum(0)
    appeal = np.where(early.sum(0) > 0, early.sum(0) / np.where(exposed > 0, exposed, 1), 0.0)
    A = (risk * appeal[None, :]).sum(1)
    E = v * A
    q = 1 / (1 + E / k)
    Z = np.c_[np.ones(N), x]
    H = (Z * (E * q)[:, None]).T @ Z
    level, slope = np.clip(np.linalg.solve(H, Z.T @ ((T - E) * q)), -0.5, 0.5)
    gamma += slope
    appeal = appeal * np.exp(level)
    E = np.exp(gamma * x) * A * np.exp(level)
    excess = ((T - E) ** 2 - E).sum()
    k = float(np.clip((E**2).sum() / excess, 0.05, 1e4)) if excess > 0 else 1e4
    u = (k + T) / (k + E)
theta = np.log((k + T) / (k + E))

# timing: 1/2 less the relative place among all who could have tried, those who did not behind the last adopter
tried = bought & at_risk
share = tried.sum(0) / np.maximum(at_risk.sum(0), 1)
pos = np.maximum(lag, 0)
score = np.zeros(N)
for i in range(N):
    places = []
    for j in np.where(at_risk[i])[0]:
        if tried[i, j]:
            own = pos[tried[:, j], j]
            places.append(0.5 - share[j] * ((own < pos[i, j]).sum() + (own <= pos[i, j]).sum()) / (2 * len(own)))
        else:
            places.append(0.5 - (share[j] + 1) / 2)
    score[i] = np.mean(places) if places else 0.0


def residual(y):
    design = np.c_[np.ones(N), x, x**2]
    return y - design @ np.linalg.lstsq(design, y, rcond=None)[0]


columns = {
    "innovativeness": theta,
    "adoption_time": score,
    "new_share": np.arcsin(np.sqrt(np.clip(new_sales / sales, 0, 1))),
    "breadth": entropy,
}
left = {name: residual(y) for name, y in columns.items()}
out = {
    "end": END,
    "launch_days": days.tolist(),
    "customers": [
        dict(first=int(first[i]), last=int(last[i]), sales=float(sales[i]), new_sales=float(new_sales[i]),
             entropy=float(entropy[i]), adoptions=sorted(adoptions[i]))
        for i in range(N)
    ],
    "early_days": w,
    "gamma": gamma,
    "shrinkage": k,
    "appeal": appeal.tolist(),
    "adopted": share.tolist(),
    "raw": {name: y.tolist() for name, y in columns.items()},
    "innovativeness": left["innovativeness"].tolist(),
    "spread": {name: float(y.std()) for name, y in left.items()},
    "held": int(held.sum()),
}
with open("adoption.json", "w") as file:
    json.dump(out, file, indent=1)
print(w, gamma, k, T, held.sum(), complete.sum(), (active & complete).sum(1))
