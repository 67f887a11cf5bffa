"""Outputs of a run for machines and chat channels; all of them follow from the result that the reports show."""
