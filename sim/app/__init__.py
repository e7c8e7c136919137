"""A local page that asks what if: inputs of a scenario are moved, it is run beside its base, and kept."""
