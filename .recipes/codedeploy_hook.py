"""A CodeDeploy hook for AfterAllowTraffic: lets a deploy of the Lambda function stand only if the checks pass.

A Lambda function with this file, thresholds.yaml and the package (as a container image: it is too big for a zip file).
Its role has the policy that `websocket-health-checks doctor -E prod` prints, and may call
codedeploy:PutLifecycleEventHookExecutionStatus. Set its timeout to the 15 minutes that Lambda allows, and its variable
HEALTH_CHECKS_OPTIONS to options of your own. BeforeAllowTraffic is too early: nobody has used the new version by then.
"""

import json
import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import boto3

OPTIONS = "-E prod --since-deploy --wait 10m --hold 2"
SPARE_SECONDS = 30
"""What it takes to stop the checks and to answer: a hook that says nothing holds the deploy up for an hour."""


def handler(event: dict[str, str], context: Any) -> dict[str, str]:
    """Run the checks, and tell CodeDeploy what came of it: it knows only two answers, so doubt rolls back, too."""
    status = "Failed"
    try:
        code = run_checks(context.get_remaining_time_in_millis() / 1000 - SPARE_SECONDS)
        print(json.dumps({"deployment": event["DeploymentId"], "exit_code": code}))
        status = "Succeeded" if code == 0 else "Failed"
    finally:
        boto3.client("codedeploy").put_lifecycle_event_hook_execution_status(
            deploymentId=event["DeploymentId"],
            lifecycleEventHookExecutionId=event["LifecycleEventHookExecutionId"],
            status=status,
        )
    return {"status": status}


def run_checks(seconds: float) -> int | None:
    """The exit code of the checks; None where they took too long. Only the temporary folder can be written to."""
    command = [
        sys.executable,
        "-m",
        "websocket_health_checks.checks.command",
        "--thresholds",
        str(Path(__file__).with_name("thresholds.yaml")),
    ]
    command += shlex.split(os.environ.get("HEALTH_CHECKS_OPTIONS", OPTIONS))
    with tempfile.TemporaryDirectory() as reports:
        try:
            return subprocess.run([*command, "--report-dir", reports], timeout=seconds, check=False).returncode
        except subprocess.TimeoutExpired:
            return None
