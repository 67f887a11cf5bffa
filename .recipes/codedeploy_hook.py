"""A CodeDeploy hook for AfterAllowTraffic: rolls back a deploy of a Lambda function if it is unhealthy.

The hook is a Lambda function with this file, thresholds.yaml and the package, which is installed from its repository at
a fixed commit (as a container image: it is too big for a zip file). It needs

- a name that begins with CodeDeployHook_: AWS's managed role lets CodeDeploy call no other function;
- a timeout of 15 minutes, the most that Lambda allows; 1,769 MB of memory, which gives it a whole vCPU (the checks take
  up to 500 MB); and 2,048 MB of ephemeral storage for the logs that are read, more for very busy functions;
- a role with the policy that `websocket-health-checks doctor --policy -E prod` prints, and
  codedeploy:PutLifecycleEventHookExecutionStatus;
- the function with its alias in thresholds.yaml, `function: {name: chat-handler, alias: live}`. Then only the version
  behind the alias is judged, from the time when it began to serve.

BeforeAllowTraffic is too early: nobody has used the new version by then. Put options of your own into
HEALTH_CHECKS_OPTIONS, such as those below with `--notify` and a topic, which takes sns:Publish. If there was too little
traffic to tell (exit code 11), the deploy stands, unless HEALTH_CHECKS_DOUBT is Failed. For a limit of 2 %, ten minutes
are enough with twenty connects a minute or more.
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

OPTIONS = "-E prod --since-deploy --warm-up 1m --wait 10m --hold 2"
PASS, INCONCLUSIVE = 0, 11
SPARE_SECONDS = 30
"""The time to stop the checks and to answer: a hook that does not answer holds up the deploy for an hour."""


def handler(event: dict[str, str], context: Any) -> dict[str, str]:
    """Run the checks, and tell CodeDeploy the outcome; if the checks themselves break, that rolls back, too."""
    status = "Failed"
    try:
        code = run_checks(context.get_remaining_time_in_millis() / 1000 - SPARE_SECONDS)
        print(json.dumps({"deployment": event["DeploymentId"], "exit_code": code}))
        doubt = os.environ.get("HEALTH_CHECKS_DOUBT", "Succeeded")
        status = {PASS: "Succeeded", INCONCLUSIVE: doubt}.get(code, "Failed")
    finally:
        boto3.client("codedeploy").put_lifecycle_event_hook_execution_status(
            deploymentId=event["DeploymentId"],
            lifecycleEventHookExecutionId=event["LifecycleEventHookExecutionId"],
            status=status,
        )
    return {"status": status}


def run_checks(seconds: float) -> int | None:
    """Return the exit code of the checks; None if they took too long. Lambda can write only to the temporary folder."""
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
