"""The configuration: thresholds.yaml becomes environments, limits and waivers.

Mistakes in it raise ConfigError, whose text names the line and what is allowed there.
"""
