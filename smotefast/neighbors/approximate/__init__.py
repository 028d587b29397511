"""Approximate nearest-neighbor search with pynndescent's trees and NN-descent."""
