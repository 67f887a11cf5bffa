"""Telling people of a change of verdict; nothing here decides a run."""
