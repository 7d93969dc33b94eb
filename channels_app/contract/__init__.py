"""The adapter contract: what a channel's folder must offer, and nothing else about it is known elsewhere."""

from channels_app.contract.adapter import Adapter
from channels_app.contract.capabilities import Capabilities, Feature, Window
from channels_app.contract.errors import ChannelError, ProofMissingError, RefusedError, UnparsableError, UnsupportedFeatureError
from channels_app.contract.inboxes import Connection, InboxConfig, SignInWay
from channels_app.contract.incoming import Envelope, Post, RawRequest, StopListeningError
from channels_app.contract.outgoing import Action, Outgoing, OutgoingFile, Rate, Sent
from channels_app.contract.templates import FilledTemplate, Template, TemplateField

__all__ = [
    "Action",
    "Adapter",
    "Capabilities",
    "ChannelError",
    "Connection",
    "Envelope",
    "Feature",
    "FilledTemplate",
    "InboxConfig",
    "Outgoing",
    "OutgoingFile",
    "Post",
    "ProofMissingError",
    "Rate",
    "RawRequest",
    "RefusedError",
    "Sent",
    "SignInWay",
    "StopListeningError",
    "Template",
    "TemplateField",
    "UnparsableError",
    "UnsupportedFeatureError",
    "Window",
]
