"""The demo: the real job on sample vendors of our own writing, with pages and mail served on this machine alone."""
