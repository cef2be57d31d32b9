"""The history for programs: one catalogue of read-only questions, asked over HTTP and over MCP alike."""
