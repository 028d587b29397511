"""All thresholds of the diagnosis, each with the reason for its value."""

from __future__ import annotations

# Sampled rows per class. A share of 2,000 rows has a margin of error of 2.2 percentage points
# (two standard errors), and 2,000 searches among 1,000,000 rows take seconds.
SEARCHED_PER_CLASS = 2_000
# Sampled rows of all classes together: 23 classes then take as long as 10.
SEARCHED_IN_ALL = 20_000
# Sampled rows per class for the comparison without scaling: a margin of 4.5 points.
COMPARED_PER_CLASS = 500
# A share of fewer rows says little: of 20 rows the margin of error is 22 points.
JUDGED_ROWS = 20
# Neighbors that decide between noise, danger and safe, unless the sampler has its own number:
# the default of BorderlineSMOTE and SVMSMOTE.
BORDER_NEIGHBORS = 10
# Default of most samplers for the number of neighbors, used if no sampler is given.
CHOICES = 5

# A row and its 5 neighbors are 6 points: with fewer rows per column than that, they do not
# span the directions in which the class extends.
ROWS_PER_FEATURE = 6.0
# With fewer rows than columns the class lies in a hyperplane that does not hold other rows.
ROWS_PER_FEATURE_LEAST = 1.0
# From about here on the nearest and the farthest row of uniform data are almost equally far
# away (10 to 15 columns in Beyer et al. 1999; columns of real data depend on each other).
MANY_FEATURES = 50
# More rows per column than this compensate for many columns.
MANY_FEATURES_ROWS = 20.0

# One column with half of every distance outweighs all others together.
SCALE_SHARE = 0.5
# Above nine tenths the neighbors depend on that column alone.
SCALE_SHARE_SERIOUS = 0.9
# One in so many columns may dominate together, with at least SCALE_SHARE_SERIOUS.
SCALE_FEW = 5
# Columns whose spreads differ by a factor of less than ten need no scaling.
SCALE_RATIO = 10.0

# A column of at most this many whole numbers often holds codes rather than counts (12 months,
# fewer grades); ages, hours and amounts have more values.
FEW_VALUES = 20
# Each value must occur this often in the sample on average, or the column is merely short.
FEW_VALUES_REPEAT = 20
# Number of expected duplicates, for values drawn uniformly from their range, at which their
# absence is significant: it has a probability of e**-3, or 5%.
IDENTIFIER_REPEATS = 3.0
# Fewer rows than this do not show that text never repeats.
IDENTIFIER_ROWS = 50
# Sums of squares of larger numbers overflow float64.
LARGEST = 1e150
# A text column holds numbers if nine in ten of its values read as numbers.
NUMBER_TEXTS = 0.9
# Fewer distinct texts than this may be codes.
NUMBER_TEXTS_LEAST = 10
# Distances exclude a column with more missing than given values: excluding its incomplete
# rows would exclude most rows.
MOSTLY_MISSING = 0.5

# One duplicate in twenty rows happens by chance in columns of few values.
REPEATED = 0.05
# With one in four, many rows have only their own duplicates as neighbors.
REPEATED_OFTEN = 0.25
# One row in a hundred under two labels is a usual rate of human error.
CONFLICTING = 0.01
# One in twenty limits the accuracy of any model.
CONFLICTING_OFTEN = 0.05

# SMOTE starts from noisy rows as from all others: a fifth of them means a fifth of the
# synthetic rows.
NOISE = 0.2
# If half of a class is noise, its rows lie isolated among other classes, and so do the
# synthetic rows.
NOISE_SERIOUS = 0.5
# Above this, a third of the class lies at the decision boundary.
DANGER = 0.3
# A class overlaps with others if every third row has a nearest neighbor of another class.
OVERLAP = 0.3
# Above one half, the nearest neighbor predicts the class worse than a coin.
OVERLAP_SERIOUS = 0.5

# A row and 5 neighbors make 5 line segments; above 10 synthetic rows per original row each
# segment is used twice, and more rows only add density.
NEW_PER_ROW = 10.0
# Above 50 synthetic rows per original row, each neighbor pair is used about ten times.
NEW_PER_ROW_SERIOUS = 50.0

# A class that keeps fewer than one row in ten loses nine tenths of its information.
KEPT_SHARE = 0.1

# If half of the columns have two values, most values of a synthetic row would be fractions.
TWO_VALUED = 0.5
# Below this ratio of class sizes, the classes are balanced for any learner.
BALANCED = 1.5
# Up to this ratio, class weights or a moved threshold work as well.
MILD = 5.0
# With so few nearest neighbors of other classes, models separate the class without resampling.
LITTLE_OVERLAP = 0.05
# If every third row is noise, every third synthetic row starts from noise: clean afterwards.
CLEAN_NOISE = 0.3
# If most rows have a nearest neighbor of another class, so will synthetic rows: clean them.
CLEAN_OVERLAP = 0.5
# BorderlineSMOTE skips noise and tolerates some; with more than this too few rows remain.
BORDER_NOISE = 0.2
# Standard deviation of the share of other classes among a row's neighbors; 0.3 is that of a
# class where one row in ten has only neighbors of other classes and the rest has none.
UNEVEN = 0.3
# ADASYN generates most rows from noise.
UNEVEN_NOISE = 0.1
# A group with less than a tenth of its class is a few outliers.
GROUP_SHARE = 0.1
# Neighbors that connect the rows of a class: with 10, a single cluster stays connected, and
# no group has fewer than 11 rows.
GROUP_NEIGHBORS = 10
# Fewer distinct rows than this fall apart by chance.
GROUP_ROWS = 50
