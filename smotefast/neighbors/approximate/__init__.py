"""Approximate nearest-neighbor search by random-projection trees and NN-descent."""
