"""A small OpenID provider on a port of this machine: discovery, keys, the authorization and the token endpoint."""

import base64
import hashlib
import json
import secrets
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

# Made once: it takes longer than all else here.
KEY = RSAKey.generate_key(2048, {"kid": "1"})
CLIENT_ID, CLIENT_SECRET = "proctor", "a secret between the two"


@dataclass
class Provider:
    """`claims` is what it says of whoever comes; `lies` replaces claims of the token at the last moment."""

    claims: dict[str, Any] = field(default_factory=dict)
    lies: dict[str, Any] = field(default_factory=dict)
    refuses: bool = False
    metadata: dict[str, Any] = field(default_factory=dict)
    signs_with: RSAKey = field(default_factory=lambda: KEY)
    _codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def start(self) -> None:
        """Serve until `stop`."""
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path, query = urlsplit(self.path).path, _first(urlsplit(self.path).query)
                if path == "/authorize":
                    self.send_response(302)
                    self.send_header("Location", provider.authorize(query))
                    self.end_headers()
                    return
                answers = {"/.well-known/openid-configuration": provider.describe, "/keys": provider.keys}
                self._json(200, answers[path]())

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                self._json(*provider.token(_first(body), self.headers.get("Authorization", "")))

            def _json(self, status: int, content: Any) -> None:
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(json.dumps(content).encode())

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()

    def stop(self) -> None:
        """No longer there."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def describe(self) -> dict[str, Any]:
        """The discovery document."""
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
            "id_token_signing_alg_values_supported": ["RS256"],
            **self.metadata,
        }

    def keys(self) -> dict[str, Any]:
        """Its public key."""
        return {"keys": [KEY.as_dict(private=False)]}

    def authorize(self, query: dict[str, str]) -> str:
        """The person agrees, or not; where their browser is sent then."""
        assert query["response_type"] == "code" and query["client_id"] == CLIENT_ID
        assert query["code_challenge_method"] == "S256" and query["nonce"] and "openid" in query["scope"]
        told = {"error": "access_denied"} if self.refuses else {"code": secrets.token_hex()}
        if "code" in told:
            self._codes[told["code"]] = query
        return f"{query['redirect_uri']}?{urlencode({**told, 'state': query['state']})}"

    def token(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        """The token for a code, once, to the client who knows its secret and what its challenge was made from."""
        asked = self._codes.pop(form["code"], None)
        expected = "Basic " + base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if asked is None or authorization != expected or asked["code_challenge"] != challenge:
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims = {"iss": self.url, "aud": CLIENT_ID, "iat": now, "exp": now + 300, "nonce": asked["nonce"]}
        signed = jwt.encode({"alg": "RS256", "kid": "1"}, claims | self.claims | self.lies, self.signs_with)
        return 200, {"access_token": secrets.token_hex(), "token_type": "Bearer", "id_token": signed}


def _first(text: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(text).items()}
