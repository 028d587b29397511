"""
A try
=====

Text.
"""

import matplotlib.pyplot as plt
from sklearn.datasets import make_moons

from smotefast import SMOTE

X, y = make_moons((100, 20), random_state=0)
X_new, y_new = SMOTE(random_state=0).fit_resample(X, y)
plt.scatter(*X_new.T, c=y_new)
