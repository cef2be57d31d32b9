"""Measurements: quality on labelled data, speed against peers."""
