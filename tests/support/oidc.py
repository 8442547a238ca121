"""An OpenID Connect provider on loopback, made with Authlib: code flow, PKCE, nonces, signed ID tokens.

`provider.claims` is what it says of whoever signs in next; `provider.spoil` changes a token before it is signed.
"""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
from authlib.oauth2.rfc6749 import AuthorizationCodeGrant, AuthorizationServer, JsonRequest, OAuth2Request
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import OpenIDCode, UserInfo
from joserfc import jwt as tokens
from joserfc.jwk import RSAKey

CLIENT_ID, SECRET = "cityhall", "a secret of the test"


def new_key() -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})


class Client:
    """The one program the provider knows."""

    def get_client_id(self) -> str:
        return CLIENT_ID

    def get_default_redirect_uri(self) -> str:
        return ""

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri.endswith("/account/sso/callback/")

    def check_client_secret(self, client_secret: str) -> bool:
        return secrets.compare_digest(client_secret, SECRET)

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == "client_secret_post"

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


class Code:
    """A code given out, with what the sign-in it belongs to asked for."""

    def __init__(self, code: str, request: OAuth2Request) -> None:
        data = request.payload.data
        self.code, self.user = code, request.user
        self.redirect_uri, self.scope = data.get("redirect_uri"), data.get("scope", "")
        self.nonce, self.code_challenge = data.get("nonce"), data.get("code_challenge")
        self.code_challenge_method, self.auth_time = data.get("code_challenge_method"), 0

    def get_redirect_uri(self) -> str | None:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def get_nonce(self) -> str | None:
        return self.nonce

    def get_auth_time(self) -> int:
        return self.auth_time

    def get_acr(self) -> None:
        return None

    def get_amr(self) -> None:
        return None


class Request(OAuth2Request):
    """A request as Authlib wants it."""

    def __init__(self, method: str, uri: str, headers: Any, form: dict[str, str]) -> None:
        super().__init__(method=method, uri=uri, headers=headers)
        self._form = form
        query = {key: values[-1] for key, values in parse_qs(urlsplit(uri).query).items()}
        self.payload = BasicOAuth2Payload({**query, **form})

    @property
    def args(self) -> dict[str, str]:
        return {key: values[-1] for key, values in parse_qs(urlsplit(self.uri).query).items()}

    @property
    def form(self) -> dict[str, str]:
        return self._form


class Provider(AuthorizationServer):
    """The provider. Whoever is sent to it is signed in as `claims["sub"]` without a question."""

    def __init__(self) -> None:
        super().__init__(scopes_supported=["openid", "profile", "email", "groups"])
        self.key = new_key()
        self.claims: dict[str, Any] = {}
        self.told: dict[str, Any] | None = None
        self.spoil: Callable[[dict[str, Any]], Any] = lambda claims: claims
        self.sign_with = self.key
        self.codes: dict[str, Code] = {}
        self.access: dict[str, dict[str, Any]] = {}
        self.url = ""
        provider = self

        class Grant(AuthorizationCodeGrant):
            TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_post"]

            def save_authorization_code(self, code: str, request: OAuth2Request) -> None:
                provider.codes[code] = Code(code, request)

            def query_authorization_code(self, code: str, client: Client) -> Code | None:
                return provider.codes.get(code)

            def delete_authorization_code(self, authorization_code: Code) -> None:
                provider.codes.pop(authorization_code.code)

            def authenticate_user(self, authorization_code: Code) -> dict[str, Any]:
                return authorization_code.user

        class IdToken(OpenIDCode):
            def exists_nonce(self, nonce: str, request: OAuth2Request) -> bool:
                return False

            def resolve_client_private_key(self, client: Client) -> RSAKey:
                return provider.key

            def get_client_algorithm(self, client: Client) -> str:
                return "RS256"

            def get_client_claims(self, client: Client) -> dict[str, Any]:
                return {"iss": provider.url, "aud": [CLIENT_ID]}

            def get_encode_header(self, client: Client) -> dict[str, Any]:
                return {"alg": "RS256", "kid": "one"}

            def generate_user_info(self, user: dict[str, Any], scope: str) -> UserInfo:
                return UserInfo(user)

            def encode_id_token(self, token: dict[str, Any], request: OAuth2Request) -> str:
                return provider.signed(tokens.decode(super().encode_id_token(token, request), provider.key).claims)

        self.register_grant(Grant, [CodeChallenge(required=True), IdToken(require_nonce=True)])
        self.register_token_generator("default", self._token)

    def signed(self, claims: dict[str, Any]) -> str:
        """Return an ID token, spoilt as the test wants."""
        spoilt = self.spoil(claims)
        if isinstance(spoilt, str):
            return spoilt
        return tokens.encode({"alg": "RS256", "kid": "one"}, spoilt, self.sign_with)

    def _token(self, grant_type: str, client: Client, user: Any = None, scope: str = "", **_: Any) -> dict[str, Any]:
        token = secrets.token_urlsafe(16)
        self.access[token] = user
        return {"token_type": "Bearer", "access_token": token, "expires_in": 300, "scope": scope}

    # What Authlib asks of a server

    def query_client(self, client_id: str) -> Client | None:
        return Client() if client_id == CLIENT_ID else None

    def save_token(self, token: dict[str, Any], request: OAuth2Request) -> None:
        pass

    def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None:
        pass

    def create_oauth2_request(self, request: Request) -> Request:
        return request

    def create_json_request(self, request: Any) -> JsonRequest:
        raise NotImplementedError

    def handle_response(self, status: int, body: Any, headers: Any) -> tuple[int, Any, dict[str, str]]:
        return status, body, dict(headers)

    # Its addresses

    def answer(self, request: Request) -> tuple[int, Any, dict[str, str]]:
        path = urlsplit(request.uri).path
        if path == "/.well-known/openid-configuration":
            return 200, self.document(), {}
        if path == "/keys":
            return 200, {"keys": [self.key.as_dict(private=False)]}, {}
        if path == "/authorize":
            grant = self.get_consent_grant(request, end_user=self.claims)
            return self.create_authorization_response(request, grant_user=dict(self.claims), grant=grant)
        if path == "/token":
            return self.create_token_response(request)
        if path == "/userinfo":
            user = self.access.get(str(request.headers.get("Authorization", "")).removeprefix("Bearer "))
            return (200, self.told or user, {}) if user else (401, {}, {})
        return 404, {}, {}

    def document(self) -> dict[str, Any]:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "userinfo_endpoint": f"{self.url}/userinfo",
            "jwks_uri": f"{self.url}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }


@contextmanager
def running() -> Iterator[Provider]:
    """Run a provider until the block ends."""
    provider = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._serve({})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            self._serve({key: values[-1] for key, values in parse_qs(body).items()})

        def _serve(self, form: dict[str, str]) -> None:
            request = Request(self.command, f"{provider.url}{self.path}", self.headers, form)
            status, body, headers = provider.answer(request)
            raw = body.encode() if isinstance(body, str) else json.dumps(body).encode()
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", **headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def follow(address: str) -> str:
    """Go where the provider was asked for, as a browser would; return where it sends the browser back to."""
    answer = httpx.get(address, follow_redirects=False)
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"]
