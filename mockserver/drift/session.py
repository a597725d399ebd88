"""One comparison from beginning to end: a vendor's fake, prepared for a recording, and the recording played to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from mockserver.app import apis_of, known_vendors
from mockserver.drift.acting import act
from mockserver.drift.beginning import furnish, presupposed, settle
from mockserver.drift.entries import Entry, Reader, recording_of
from mockserver.drift.examples import example_requests
from mockserver.drift.live import Live, Target
from mockserver.drift.masks import Masks, read_mask
from mockserver.drift.playing import Manner, Player
from mockserver.drift.report import Report, report
from mockserver.drift.stage import FakeStage
from mockserver.fixture import read_fixture
from mockserver.har import BrokenRecording, Recorded
from mockserver.options import Fidelity, Options
from mockserver.recordings import Script
from mockserver.rows import EVIDENCE
from mockserver.shape import meant
from mockserver.vendor import Vendor

_DEFAULT = "default"


_FAKE = "these answers are a mockserver's; unless it was started with --fidelity observed, compare with --fidelity documented"


class UnknownApi(ValueError):
    """There is no such API. The message names those that there are."""


@dataclass(frozen=True)
class Setting:
    """What a recording is compared with, and how.

    The fake begins with what the recording tells of its beginning, unless a fixture or a snapshot's file is given.
    `masks` are further ones, as `OPERATION:PLACE`; `headers` further headers, in lower case.
    """

    fidelity: Fidelity = "observed"
    fixture: str | None = None
    snapshot: Path | None = None
    masks: Sequence[str] = ()
    values: bool = True
    headers: frozenset[str] = frozenset()


class Session:
    """The comparison of one API with recordings of it. Raises UnknownApi, BrokenContract, BrokenMask."""

    def __init__(self, name: str, setting: Setting, vendors: Mapping[str, Vendor] | None = None) -> None:
        self._vendors = known_vendors() if vendors is None else vendors
        self._vendor = _vendor_of(name, self._vendors)
        self._setting = setting
        self.apis = apis_of(self._vendor)
        self.api = next(api for api in self.apis if api.name == name)
        self.recording = recording_of(self.api)
        operations = [name for api in self.apis for name in api.contract.operations]
        self._masks = [read_mask(text, operations) for text in setting.masks]

    def compare(self, exchanges: Sequence[Recorded], source: str) -> Report:
        """What differs in recorded exchanges. Raises BrokenRecording, BrokenFixture."""
        reader = Reader(self.apis)
        entries = reader.read(exchanges)
        if not any(entry.api is self.api for entry in entries):
            base = self.api.contract.base_path
            raise BrokenRecording(
                f"{source}: none of its {len(exchanges)} exchanges is with {self.api.name}, under {base}"
            )
        others = sum(entry.api is not self.api for entry in entries)
        if others:
            reader.remarks.append(f"{others} are with another API of {self._vendor.name}: played, and not compared")
        with self._stage(None if self.recording is None else self.recording.fixture) as stage:
            reader.remarks += self._prepare(stage, entries)
            results = (
                each for each in Player(stage, reader, self._manner(), entries).play() if each.api == self.api.name
            )
            found = report(self.api.name, source, results, reader.remarks)
        if found.differences and self._setting.fidelity == "observed" and any(map(_is_a_fakes, exchanges)):
            return msgspec.structs.replace(found, remarks=[*found.remarks, _FAKE])
        return found

    def compare_live(self, target: Target, exchanges: Sequence[Recorded] | None) -> Report:
        """What differs where a server is asked now: what was recorded, or the contract's examples. Raises Unasked too."""
        reader = Reader(self.apis)
        live = Live(target, self.api, reader)
        remarks: list[str] = []
        if exchanges is None:
            made = list(example_requests(self.api.contract, writes=target.writes))
            exchanges = [each for each in made if isinstance(each, Recorded)]
            remarks = [each for each in made if isinstance(each, str)]
        else:
            exchanges = reader.own(exchanges)
        compared = self.compare(live.ask(exchanges), target.url)
        return msgspec.structs.replace(compared, remarks=[*remarks, *compared.remarks])

    def script(self, file: Path) -> Script | None:
        """The script that a file in the vendor's own format is; None where the vendor has none. Raises BrokenRecording."""
        return None if self.recording is None or self.recording.script is None else self.recording.script(file)

    def act(self, script: Script, source: str) -> Report:
        """What differs in a vendor's own recording. Raises BrokenRecording, BrokenFixture."""
        reader = Reader(self.apis)
        with self._stage(script.fixture, strict=True) as stage:
            try:
                return report(
                    self.api.name,
                    source,
                    act(script, self.api.name, stage, reader, self._manner(exact=True)),
                    reader.remarks,
                )
            except BrokenRecording as error:
                raise BrokenRecording(f"{source}: {error}") from None

    def _stage(self, fixture: str | None, *, strict: bool = False) -> FakeStage:
        """The fake with what the setting says that it begins with, else with a fixture."""
        setting = self._setting
        vendors = self._vendors.values() if setting.snapshot else [self._vendor]
        chosen = read_fixture(setting.fixture or fixture or _DEFAULT)
        stage = FakeStage(
            self._vendor,
            vendors,
            chosen,
            Options(
                fidelity=setting.fidelity,
                auth="strict" if strict else "lenient",
            ),
        )
        if setting.snapshot:
            stage.load(setting.snapshot)
        return stage

    def _prepare(self, stage: FakeStage, entries: Sequence[Entry]) -> Iterator[str]:
        """Put into the fake what was there when the recording began, unless it was told what there is; gives remarks."""
        if self._setting.fixture or self._setting.snapshot:
            return
        if self.recording is None:
            yield f"nobody says what recordings of {self.api.name} tell of its records; the fake begins with its fixture"
            return
        stage.sandbox.purge()
        yield from furnish(stage, self.apis, presupposed(entries))
        yield from settle(stage, self.apis, entries)

    def _manner(self, *, exact: bool = False) -> Manner:
        """How to compare. The vendor's masks are for what was recorded of others: its own recordings say what varies."""
        masks: dict[str, list[str]] = {}
        if self.recording is not None and not exact:
            masks = {name: [*places] for name, places in self.recording.masks.items()}
        for operation, place in self._masks:
            masks.setdefault(operation, []).append(place)
        return Manner(Masks(masks), self._setting.values, self._setting.headers)


def _vendor_of(name: str, vendors: Mapping[str, Vendor]) -> Vendor:
    known = {dialect.contract.stem: vendor for vendor in vendors.values() for dialect in vendor.dialects}
    if name not in known:
        raise UnknownApi(f"there is no API called {name}{meant(name, known)}; known: {', '.join(sorted(known))}")
    return known[name]


def _is_a_fakes(recorded: Recorded) -> bool:
    return recorded.reply_header(EVIDENCE.decode()) is not None
