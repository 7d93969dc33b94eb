"""AWS Key Management Service. The encryption context binds a key to its workspace and shows in CloudTrail."""

from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from core.vault.errors import RootKeyError
from core.vault.providers.base import RootKey


class AwsKmsProvider:
    """Wraps under the key with this ARN. Credentials come from the usual places (AWS_* variables, the instance's role).

    KMS rotates the material behind an ARN by itself; a version here is the ARN.
    """

    name = "aws-kms"

    def __init__(self, key_arn: str, *, endpoint: str = "") -> None:
        self._key = key_arn
        config = Config(connect_timeout=3, read_timeout=5, retries={"max_attempts": 3, "mode": "standard"})
        self._client: Any = boto3.client("kms", region_name=_region(key_arn), endpoint_url=endpoint or None, config=config)

    def current_version(self) -> str:
        return self._key

    def wrap(self, secret: bytes, *, context: dict[str, str]) -> RootKey:
        answer = self._call("encrypt", KeyId=self._key, Plaintext=secret, EncryptionContext=context)
        return RootKey(answer["CiphertextBlob"], self._key)

    def unwrap(self, wrapped: bytes, *, version: str, context: dict[str, str]) -> bytes:
        answer = self._call("decrypt", KeyId=version, CiphertextBlob=wrapped, EncryptionContext=context)
        secret: bytes = answer["Plaintext"]
        return secret

    def _call(self, action: str, **arguments: Any) -> dict[str, Any]:
        try:
            answer: dict[str, Any] = getattr(self._client, action)(**arguments)
        except ClientError as error:
            raise RootKeyError(f"AWS KMS refused to {action}: {error.response['Error']['Code']}.") from None
        except BotoCoreError as error:
            raise RootKeyError(f"AWS KMS could not be asked to {action}: {type(error).__name__}.") from None
        return answer


def _region(key_arn: str) -> str:
    parts = key_arn.split(":")
    if len(parts) < 6 or parts[2] != "kms":
        raise RootKeyError("CHATZEE_ROOT_KEY must be the ARN of a KMS key.")
    return parts[3]
