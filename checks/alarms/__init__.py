"""CloudWatch alarms, made from the limits.

A call to AWS that fails raises SourceError, as in checks/aws.
"""
