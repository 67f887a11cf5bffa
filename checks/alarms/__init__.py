"""CloudWatch alarms, made from the limits.

A call of AWS that fails raises SourceError, as in checks/aws.
"""
