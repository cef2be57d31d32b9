"""What each page shows, as frozen values read from a `Store`: no markup, no words of any language, no request.

The server, the folder of files and whoever else wants the same answers read these. All are bounded: a page never reads
the whole history.
"""
