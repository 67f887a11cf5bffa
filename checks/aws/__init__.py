"""AWS's services: clients, and what their errors mean.

A call that fails raises SourceError: its text says what went wrong, and what to do.
"""
