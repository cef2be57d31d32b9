"""Tests of the fetcher; a package, so that its conftest has a name of its own."""
