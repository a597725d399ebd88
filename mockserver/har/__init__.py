"""HTTP Archive (HAR) 1.2: recordings of traffic, as browsers, proxies and test tools write and read them."""

from mockserver.har.reading import read_har
from mockserver.har.recorded import BrokenRecording, Recorded
from mockserver.har.writing import HarFile, har_text

__all__ = ["BrokenRecording", "HarFile", "Recorded", "har_text", "read_har"]
