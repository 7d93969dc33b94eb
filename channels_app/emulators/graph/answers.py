"""How the Graph API says no."""

from typing import Any

import orjson

from channels_app.emulators.web import Response


class GraphError(Exception):
    """A call that the platform refuses, in its words. `regain`: minutes after which calls are taken again."""

    def __init__(
        self,
        code: int,
        message: str,
        *,
        status: int = 400,
        subcode: int = 0,
        details: str = "",
        kind: str = "OAuthException",
        product: str = "",
        is_transient: bool = False,
        regain: int = 0,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.status = status
        self.regain = regain
        self.error: dict[str, Any] = {"message": message, "type": kind, "code": code}
        if subcode:
            self.error["error_subcode"] = subcode
        if details:
            self.error["error_data"] = {**({"messaging_product": product} if product else {}), "details": details}
        if is_transient:
            self.error["is_transient"] = True

    def response(self, trace: str) -> Response:
        """The answer. `trace` is what Meta's support asks for."""
        return Response(self.status, orjson.dumps({"error": {**self.error, "fbtrace_id": trace}}))


def no_such_node(node_id: str, method: str) -> GraphError:
    """What is not there and what the token may not see are told alike."""
    return GraphError(
        100,
        f"Unsupported {method.lower()} request. Object with ID '{node_id}' does not exist, cannot be loaded due to missing "
        "permissions, or does not support this operation. Please read the Graph API documentation at "
        "https://developers.facebook.com/docs/graph-api",
        subcode=33,
        kind="GraphMethodException",
    )


def bad_token(subcode: int, why: str) -> GraphError:
    """190: the access token is not, or no longer, good."""
    return GraphError(190, f"Error validating access token: {why}", status=401, subcode=subcode)


def bad_parameter(what: str, details: str = "", product: str = "") -> GraphError:
    """100: a parameter is missing or wrong."""
    return GraphError(100, f"(#100) {what}", details=details, product=product)
