"""From which figures on something is said, each with its reason.

All of diagnosis takes its limits from here; nothing else in the room holds a number that
decides what a report says.
"""

from __future__ import annotations

# Rows of each class that are searched for. A share of 2,000 rows is known to within 2.2
# points (two standard errors), and 2,000 searches in 1,000,000 rows take seconds.
SEARCHED_PER_CLASS = 2_000
# Rows searched for in all classes together: with 23 classes a search takes as long as with 10.
SEARCHED_IN_ALL = 20_000
# Rows of each class searched for without scaling, to compare: known to within 4.5 points.
COMPARED_PER_CLASS = 500
# Below this a share says little: of 20 rows it is known to within 22 points.
JUDGED_ROWS = 20
# Neighbours that say whether a row is noise, in danger or safe, unless the sampler has its own
# number: the default of BorderlineSMOTE and SVMSMOTE.
BORDER_NEIGHBORS = 10
# What most samplers choose from, where no sampler is given.
CHOICES = 5

# With 5 neighbours and the row itself there are 6 points: fewer rows than that for each
# column do not show in which directions a class extends.
ROWS_PER_FEATURE = 6.0
# Below one row for each column a class lies in a plane that any row outside leaves.
ROWS_PER_FEATURE_LEAST = 1.0
# From about here on the nearest and the farthest row of evenly spread data are almost equally
# far away (Beyer et al. 1999 put it at 10 to 15 columns; real columns depend on each other).
MANY_FEATURES = 50
# More rows than this for each column make up for many columns.
MANY_FEATURES_ROWS = 20.0

# One column that makes up half of every distance outvotes all others together.
SCALE_SHARE = 0.5
# Above nine tenths the neighbours are those of that column alone.
SCALE_SHARE_SERIOUS = 0.9
# So does a small part of many columns, one in five: SCALE_SHARE_SERIOUS is asked of them.
SCALE_FEW = 5
# Columns whose spreads are within a factor of ten need no scaling for neighbours to make sense.
SCALE_RATIO = 10.0

# A column of this many whole numbers or fewer is as often codes as counts (months are 12,
# grades fewer); ages, hours and amounts have more.
FEW_VALUES = 20
# Each of them must come so many times in the sample, or the column is merely short.
FEW_VALUES_REPEAT = 20
# Repeats expected by chance, if values were drawn from their range, that never came: e**-3 is
# a chance of 5%.
IDENTIFIER_REPEATS = 3.0
# Fewer rows than this do not show that a text never repeats.
IDENTIFIER_ROWS = 50
# Squares of larger numbers, summed over columns, leave the range of float64.
LARGEST = 1e150
# A text column of which nine in ten values read as numbers holds numbers.
NUMBER_TEXTS = 0.9
# Of fewer different texts it may be codes.
NUMBER_TEXTS_LEAST = 10
# A column with more missing than given values is left out of distances: to leave out its rows
# would leave most rows out.
MOSTLY_MISSING = 0.5

# One row in twenty that repeats another of its class is chance in data of few values.
REPEATED = 0.05
# With one in four, many rows have only their own copies for neighbours.
REPEATED_OFTEN = 0.25
# One row in a hundred under two labels is usual human error.
CONFLICTING = 0.01
# One in twenty bounds what any model can reach.
CONFLICTING_OFTEN = 0.05

# SMOTE goes out from noise as from any other row: a fifth of it is a fifth of the new rows.
NOISE = 0.2
# With half of a class noise its rows lie singly among others, and so do the new rows.
NOISE_SERIOUS = 0.5
# Above this a third of the class is at the border, which is then what is to be learned.
DANGER = 0.3
# A class of which the nearest row is foreign for every third row overlaps.
OVERLAP = 0.3
# Above one half a row says less about its neighbourhood than a coin.
OVERLAP_SERIOUS = 0.5

# A row and 5 neighbours make 5 lines; above 10 new rows for each row every line is used twice,
# and more rows fill the same places.
NEW_PER_ROW = 10.0
# Above 50 every line is used ten times: the class is a drawing of its first rows.
NEW_PER_ROW_SERIOUS = 50.0

# Of a class that keeps fewer rows than one in ten, nine tenths of its information are gone.
KEPT_SHARE = 0.1

# With half of the columns yes or no, most of what a new row holds would be fractions.
TWO_VALUED = 0.5
# Below this the classes are balanced for any learner.
BALANCED = 1.5
# Up to here class weights or a moved threshold do as well.
MILD = 5.0
# A class whose rows are this seldom nearest to others is told apart without new rows.
LITTLE_OVERLAP = 0.05
# With every third row noise, every third new row goes out from noise: clean afterwards.
CLEAN_NOISE = 0.3
# Where more rows than not have a foreign nearest row, so will the new ones: clean afterwards.
CLEAN_OVERLAP = 0.5
# BorderlineSMOTE leaves noise out, so some is borne; more than this leaves too little.
BORDER_NOISE = 0.2
# Standard deviation of the foreign share among a row's neighbours; 0.3 is that of a class
# where one row in ten has none but foreign ones and the rest none.
UNEVEN = 0.3
# ADASYN gives most rows to noise.
UNEVEN_NOISE = 0.1
# A group that holds less of its class than a tenth is a few odd rows.
GROUP_SHARE = 0.1
# Neighbours by which rows of a class hang together: with 10 one cloud of rows stays in one
# piece, and no group has fewer than 11 rows.
GROUP_NEIGHBORS = 10
# Fewer different rows than this fall apart by chance.
GROUP_ROWS = 50
