"""Detectors: the artefacts in the catalog, their run time, and the workshop that makes them."""
