"""Time stamps (RFC 3161) of the chain: somebody else signs what the newest link was, and when."""
