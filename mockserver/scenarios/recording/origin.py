"""Where a session comes from: a sandbox that began with a fixture, and the contracts that it was asked by."""

from __future__ import annotations

from pathlib import Path

from mockserver import files
from mockserver.fixture import BrokenFixture, find, read_fixture
from mockserver.marks import Mark
from mockserver.scenarios.document import Source
from mockserver.scenarios.recording.session import About, Session, Unrecorded
from mockserver.scenarios.sources import read_openapi, server_of


def refuse_elsewhere(session: Session) -> None:
    """Refuse what did not begin as a fixture does. Raises Unrecorded."""
    about = session.about
    where = f"sandbox {about.sandbox}"
    if about.source is not None:
        raise Unrecorded(
            f"{where} began as {about.source}, and a scenario begins with a fixture: record in another one"
        )
    if not about.whole:
        raise Unrecorded(
            f"the journal of {where} does not have all that was asked since it began (it was emptied, or is too small); "
            "reset it, do it again, and record then"
        )
    try:
        find(about.fixture)
    except BrokenFixture:
        raise Unrecorded(
            f"{where} began with the fixture {about.fixture}, which does not come with this package; known: "
            f"{', '.join(sorted(file.stem for file in files.fixtures().glob('*.yaml')))}"
        ) from None


def customers(about: About) -> dict[str, int]:
    """How many people are drawn, where that is not as the fixture has it."""
    own = read_fixture(about.fixture).drawn.count
    return {} if about.customers in (None, own) else {"customers": int(about.customers or 0)}


def nothing(session: Session) -> str:
    """What is said where there is nothing to record."""
    ids = [each.id for each in session.exchanges if not each.is_admin]
    known = f"it has {ids[0]} to {ids[-1]}" if ids else "it has none"
    return f"the journal of sandbox {session.about.sandbox} has no such requests; {known}"


def source(api: str, folder: Path) -> Source:
    """A contract, as a scenario in a folder names it."""
    file = files.contracts() / f"{api}.yaml"
    document, contract = read_openapi(file)
    return Source(
        mark=Mark(file),
        name=api,
        type="openapi",
        url=_url(file, folder),
        file=file,
        server=server_of(document),
        document=document,
        contract=contract,
    )


def _url(file: Path, folder: Path) -> str:
    """How a scenario in a folder names a contract: by the way there where both are in one checkout."""
    root, here = file.parent.parent.resolve(), folder.resolve()
    if (root / "pyproject.toml").is_file() and here.is_relative_to(root):
        return "../" * len(here.relative_to(root).parts) + f"contracts/{file.name}"
    return f"contracts/{file.name}"
