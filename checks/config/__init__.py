"""The configuration: thresholds.yaml becomes environments, limits and waivers."""
