"""What was found, put into words for programs (JSON by contract) and for people (terminal, Markdown, HTML)."""
