"""The documentation, and the two modules that keep it true: `transcripts` plays it, `make_reference` writes parts."""
