"""An instance of each sampler, for tests of properties that all samplers have."""

from sklearn.tree import DecisionTreeClassifier

from smotefast.combine import SMOTEENN, Combination, SMOTETomek
from smotefast.over_sampling import (
    ADASYN,
    SMOTE,
    SMOTEN,
    SMOTENC,
    SVMSMOTE,
    BorderlineSMOTE,
    KMeansSMOTE,
    RandomOverSampler,
)
from smotefast.under_sampling import (
    AllKNN,
    ClusterCentroids,
    CondensedNearestNeighbour,
    EditedNearestNeighbours,
    InstanceHardnessThreshold,
    NearMiss,
    NeighbourhoodCleaningRule,
    OneSidedSelection,
    RandomUnderSampler,
    RepeatedEditedNearestNeighbours,
    TomekLinks,
)

# Samplers that compute new values; column 2 is the categorical column of SMOTENC.
MAKERS = [
    SMOTE(random_state=0),
    BorderlineSMOTE(kind="borderline-1", random_state=0),
    BorderlineSMOTE(kind="borderline-2", random_state=0),
    SVMSMOTE(random_state=0),
    KMeansSMOTE(random_state=0, kmeans_estimator=2, cluster_balance_threshold=0.0),
    ADASYN(random_state=0),
    SMOTENC([2], random_state=0),
    RandomOverSampler(shrinkage=0.1, random_state=0),
    ClusterCentroids(random_state=0),
    SMOTEENN(random_state=0),
    SMOTETomek(random_state=0),
    Combination(SMOTENC([2], random_state=0), RandomUnderSampler(random_state=0)),
]
# Samplers that read values and return original rows.
LOOKERS = [
    TomekLinks(),
    EditedNearestNeighbours(),
    RepeatedEditedNearestNeighbours(),
    AllKNN(),
    NeighbourhoodCleaningRule(),
    OneSidedSelection(random_state=0),
    CondensedNearestNeighbour(random_state=0),
    NearMiss(),
    InstanceHardnessThreshold(estimator=DecisionTreeClassifier(random_state=0), cv=2),
    ClusterCentroids(voting="hard", random_state=0),
]
# Samplers that accept missing values.
COPIERS = [
    RandomOverSampler(random_state=0),
    RandomUnderSampler(random_state=0),
    SMOTEN(random_state=0),
]


def name_of_sampler(sampler):
    """Return the name of a test case."""
    return str(sampler).split("(")[0]
