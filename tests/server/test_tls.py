"""HTTPS: whoever has no certificate of the authority that was named is not even heard."""

from __future__ import annotations

import json
import ssl
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest

from tests.server.conftest import ALLOWED, question
from tests.server.processes import free_port

pytest.importorskip("cryptography", reason="certificates are made with it")

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat


@pytest.fixture
def certified(tmp_path: Path) -> Callable[[str], tuple[Path, Path]]:
    """Make certificates by one authority, whose own is `ca.pem`: certificate and key by name."""
    ca_key = generate_private_key(SECP256R1())
    ca_name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test authority")])

    def signed(name: x509.Name, key: EllipticCurvePrivateKey, *, is_ca: bool) -> bytes:
        now = datetime.now(UTC)
        address = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
        made = x509.CertificateBuilder().subject_name(name).issuer_name(ca_name).public_key(key.public_key())
        made = made.serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=1))
        made = made.not_valid_after(now + timedelta(days=1)).add_extension(address, critical=False)
        made = made.add_extension(x509.BasicConstraints(is_ca, None), critical=True)
        return made.sign(ca_key, SHA256()).public_bytes(Encoding.PEM)

    def make(name: str) -> tuple[Path, Path]:
        key = generate_private_key(SECP256R1())
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        paths = (tmp_path / f"{name}.pem", tmp_path / f"{name}.key")
        paths[0].write_bytes(signed(subject, key, is_ca=False))
        paths[1].write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        return paths

    (tmp_path / "ca.pem").write_bytes(signed(ca_name, ca_key, is_ca=True))
    return make


def test_only_a_client_with_a_certificate_is_answered(
    certified: Callable[[str], tuple[Path, Path]], tmp_path: Path
) -> None:
    certificate, key = certified("server")
    port = free_port()
    (tmp_path / "aiact-server.toml").write_text(
        f'host = "0.0.0.0"\nport = {port}\ntls_certificate = "{certificate}"\ntls_key = "{key}"\n'
        f'tls_client_ca = "{tmp_path / "ca.pem"}"\n',
        encoding="utf-8",
    )
    process = subprocess.Popen([sys.executable, "-m", "aiact_rules", "serve"], cwd=tmp_path, stderr=subprocess.PIPE)
    try:
        known = ssl.create_default_context(cafile=str(tmp_path / "ca.pem"))
        known.load_cert_chain(*certified("registry"))
        assert _ask(port, known, process) == "allow"
        with pytest.raises(OSError):
            _ask(port, ssl.create_default_context(cafile=str(tmp_path / "ca.pem")), process)
    finally:
        process.terminate()
        process.communicate(timeout=60)


def _ask(port: int, context: ssl.SSLContext, process: subprocess.Popen[bytes]) -> str:
    request = urllib.request.Request(f"https://127.0.0.1:{port}/v1/decisions", json.dumps(question(ALLOWED)).encode())
    until = time.monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(request, timeout=30, context=context) as answer:
                return str(json.load(answer)["verdict"])
        except OSError as error:
            assert process.poll() is None
            refused = isinstance(getattr(error, "reason", None), ConnectionRefusedError)
            if not refused or time.monotonic() > until:
                raise
            time.sleep(0.2)
