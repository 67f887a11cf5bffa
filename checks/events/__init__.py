"""Modules that an application may copy to log its connection events, so that every metric is exact."""
