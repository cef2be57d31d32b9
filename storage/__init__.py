"""The ground floor: what is remembered, and the values that flow through the house. Knows nobody above it."""
