"""The reading room: the history in a browser, from a server (`application`) or as a folder of files (`write_site`)."""
