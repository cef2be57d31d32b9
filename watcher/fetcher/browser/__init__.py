"""Pages that need JavaScript, rendered by the Chromium of the machine (extra `render`).

The browser runs in a process of its own (`child`), seen from here through `renderer`. It has no way to the network but
`relay`, which asks the guard about every connection and opens it itself. `fetcher` puts the three together and gives
the same values as `watcher.fetcher.http`. Nothing of this is loaded before a page asks for it.
"""
