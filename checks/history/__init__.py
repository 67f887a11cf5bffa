"""The history of runs: the file of each run in a folder or on S3, what changed since the last run, and the page of all.

A history that cannot be read or written raises HistoryError, whose text says what to do.
"""
