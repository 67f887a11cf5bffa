"""The history of runs: their files in a folder or on S3, what changed since the last run, and the page of all runs.

A history that cannot be read or written raises HistoryError, whose message says what to do.
"""
