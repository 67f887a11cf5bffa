"""Log sources: each reads log events into a spool of JSON Lines or Parquet, and reports what it read.

A source that cannot be read raises SourceError, whose text says where, why, and what to do.
"""
