"""A certificate authority of the test's own, by openssl."""

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

FAST = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1")
HERE = "IP:127.0.0.1,DNS:localhost"


@dataclass(frozen=True, slots=True)
class Pair:
    """A certificate and its key."""

    cert: Path
    key: Path


@dataclass(frozen=True, slots=True)
class Authority:
    """Signs certificates into its folder."""

    folder: Path
    pair: Pair

    def issue(self, name: str, hosts: str = HERE, expired: bool = False) -> Pair:
        """A certificate for these hosts; an expired one ended on its first day in 2020."""
        made = Pair(self.folder / f"{name}.crt", self.folder / f"{name}.key")
        request, more = self.folder / f"{name}.csr", self.folder / f"{name}.ext"
        more.write_text(f"subjectAltName={hosts}\n")
        subject = ["-subj", f"/CN={name}", "-keyout", str(made.key), "-out", str(request)]
        _openssl("req", *FAST, "-nodes", *subject)
        signer = ["-cert", str(self.pair.cert), "-keyfile", str(self.pair.key)]
        (self.folder / "index").write_text("")
        days = ["20200101000000Z", "20200102000000Z"] if expired else []
        when = ["-startdate", days[0], "-enddate", days[1]] if days else ["-days", "2"]
        book = self.folder / "ca.conf"
        book.write_text(
            f"[ca]\ndefault_ca=d\n[d]\ndatabase={self.folder}/index\nnew_certs_dir={self.folder}\n"
            "rand_serial=yes\ndefault_md=sha256\npolicy=p\nunique_subject=no\n"
            "[p]\ncommonName=supplied\n"
        )
        files = ["-in", str(request), "-out", str(made.cert), "-extfile", str(more)]
        _openssl("ca", "-batch", "-notext", "-config", str(book), *signer, *when, *files)
        return made


def make_authority(folder: Path, name: str = "ca") -> Authority:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    folder.mkdir(parents=True, exist_ok=True)
    pair = Pair(folder / f"{name}.crt", folder / f"{name}.key")
    subject = ["-subj", f"/CN={name}", "-keyout", str(pair.key), "-out", str(pair.cert)]
    _openssl("req", "-x509", *FAST, "-nodes", "-days", "2", *subject)
    return Authority(folder, pair)


def _openssl(*words: str) -> None:
    subprocess.run(["openssl", *words], check=True, capture_output=True)
