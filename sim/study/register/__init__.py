"""The register of forecasts: what was said of a figure before it was published, and how good that was."""
