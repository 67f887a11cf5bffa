"""AWS clients, and what their errors mean.

A call that fails raises SourceError, whose text says what went wrong and what to do.
"""
