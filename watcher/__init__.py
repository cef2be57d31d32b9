"""The top floor: fetches, extracts, compares, and puts the stages in order."""
