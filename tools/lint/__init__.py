"""House rules that no ready-made linter knows. `python -m tools.lint` runs them over the whole tree."""
