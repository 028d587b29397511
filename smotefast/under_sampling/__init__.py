"""Under-samplers and cleaning samplers; names as in ``imblearn.under_sampling``."""

from smotefast.under_sampling.cluster_centroids import ClusterCentroids
from smotefast.under_sampling.condensed_nearest_neighbour import CondensedNearestNeighbour
from smotefast.under_sampling.edited_nearest_neighbours import EditedNearestNeighbours
from smotefast.under_sampling.instance_hardness_threshold import InstanceHardnessThreshold
from smotefast.under_sampling.near_miss import NearMiss
from smotefast.under_sampling.neighbourhood_cleaning_rule import NeighbourhoodCleaningRule
from smotefast.under_sampling.one_sided_selection import OneSidedSelection
from smotefast.under_sampling.random_under_sampler import RandomUnderSampler
from smotefast.under_sampling.repeated_edits import AllKNN, RepeatedEditedNearestNeighbours
from smotefast.under_sampling.tomek_links import TomekLinks

__all__ = [
    "AllKNN",
    "ClusterCentroids",
    "CondensedNearestNeighbour",
    "EditedNearestNeighbours",
    "InstanceHardnessThreshold",
    "NearMiss",
    "NeighbourhoodCleaningRule",
    "OneSidedSelection",
    "RandomUnderSampler",
    "RepeatedEditedNearestNeighbours",
    "TomekLinks",
]
