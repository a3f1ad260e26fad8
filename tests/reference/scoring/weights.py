"""Weights by entropy, CRITIC and AHP with numpy: the numbers in src/scoring/{weights,ahp}.rs."""
import numpy as np

x = np.array([[0.0, 0.2, 0.4, 0.6, 0.8, 1.0], [0.1, 0.0, 0.5, 0.4, 1.0, 0.9], [1.0, 0.3, 0.0, 0.2, 0.1, 0.6]]).T
p = x / x.sum(axis=0)
e = -np.where(p > 0, p * np.log(np.where(p > 0, p, 1)), 0).sum(axis=0) / np.log(len(x))
print("entropy", ((1 - e) / (1 - e).sum()).tolist())
c = x.std(axis=0, ddof=1) * (1 - np.corrcoef(x.T)).sum(axis=0)
print("critic", (c / c.sum()).tolist())
a = np.ones((4, 4))
for i, j, v in [(0, 1, 3), (0, 2, 5), (0, 3, 7), (1, 2, 2), (1, 3, 4), (2, 3, 3)]:
    a[i, j], a[j, i] = v, 1 / v
value, vector = np.linalg.eig(a)
k = np.argmax(value.real)
w = np.abs(vector[:, k].real)
print("ahp", (w / w.sum()).tolist(), "ratio", (value[k].real - 4) / 3 / 0.90)
