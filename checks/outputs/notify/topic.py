"""An SNS topic."""

from dataclasses import dataclass
from typing import Final

import boto3
from botocore.config import Config

from checks import __version__
from checks.aws.problems import RAISED_BY_BOTO, explained
from checks.errors import OutputError
from checks.outputs.notify.message import Message

_MOST_SUBJECT_CHARACTERS: Final = 100


@dataclass(frozen=True, slots=True)
class Topic:
    """A standard topic; credentials, profile and endpoint are boto3's own business.

    Attributes:
        arn: Its name, of which the region is a part.
    """

    arn: str

    @property
    def name(self) -> str:
        """The ARN; it is no secret."""
        return self.arn

    def send(self, message: Message) -> None:
        """Publish a message.

        Raises:
            OutputError: SNS did not take it.
        """
        config = Config(
            connect_timeout=3,
            read_timeout=4,
            retries={"mode": "standard", "total_max_attempts": 3},
            user_agent_extra=f"websocket-health-checks/{__version__}",
        )
        text = "\n".join(filter(None, (message.sentence, message.page)))
        subject = message.subject.encode("ascii", "replace").decode()[:_MOST_SUBJECT_CHARACTERS]
        try:
            client = boto3.Session().client("sns", region_name=self.arn.split(":")[3], config=config)
            client.publish(TopicArn=self.arn, Subject=subject, Message=text)
        except RAISED_BY_BOTO as error:
            raise OutputError(str(explained(error, "sns:Publish", self.arn))) from error
        except ValueError as error:  # boto3 has no class for an endpoint that is no URL
            raise OutputError(str(error)) from error
