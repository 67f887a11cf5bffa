"""Where log events come from: every source fills a spool of JSON Lines and says what it read.

Whatever cannot be read raises SourceError: its text says where, why, and what to do.
"""
