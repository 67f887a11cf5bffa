"""The configuration: thresholds.yaml becomes environments, limits and waivers.

What is wrong with it raises ConfigError; the text names the line, and what is allowed there.
"""
