"""The objects of an Arazzo document, each as a struct of its keys; what is in them is read one by one."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

Id = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_\-]+\Z")]
Text = Annotated[str, Meta(min_length=1)]
Object = dict[str, Any]
Some = Annotated[tuple[Any, ...], Meta(min_length=1)]
Expressions = dict[Annotated[str, Meta(pattern=r"^[A-Za-z0-9._\-]+\Z")], str]


class Written(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """An object as it is written."""


class Info(Written, frozen=True, kw_only=True):
    """What the document is."""

    title: Text
    version: Text
    summary: str = ""
    description: str = ""


class Document(Written, frozen=True, kw_only=True):
    """The whole file."""

    arazzo: Annotated[str, Meta(pattern=r"^1\.0\.\d+(-.+)?\Z")]
    info: Object
    source_descriptions: Some
    workflows: Some
    components: Object = {}


class Source(Written, frozen=True, kw_only=True):
    """A source description."""

    name: Id
    url: Text
    type: Literal["openapi", "arazzo"] | None = None


class Components(Written, frozen=True, kw_only=True):
    """What can be used more than once."""

    inputs: Object = {}
    parameters: Object = {}
    success_actions: Object = {}
    failure_actions: Object = {}


class Workflow(Written, frozen=True, kw_only=True):
    """A workflow."""

    workflow_id: Id
    steps: Some
    summary: str = ""
    description: str = ""
    inputs: Object = {}
    depends_on: tuple[str, ...] = ()
    parameters: tuple[Any, ...] = ()
    success_actions: tuple[Any, ...] = ()
    failure_actions: tuple[Any, ...] = ()
    outputs: Expressions = {}


class Step(Written, frozen=True, kw_only=True):
    """A step."""

    step_id: Id
    description: str = ""
    operation_id: Text | None = None
    operation_path: Text | None = None
    workflow_id: Text | None = None
    parameters: tuple[Any, ...] = ()
    request_body: Object | None = None
    success_criteria: tuple[Any, ...] = ()
    on_success: tuple[Any, ...] = ()
    on_failure: tuple[Any, ...] = ()
    outputs: Expressions = {}


class Parameter(Written, frozen=True, kw_only=True):
    """A parameter."""

    name: Text
    value: Any
    in_: Literal["path", "query", "header", "cookie"] | None = msgspec.field(default=None, name="in")


class Reusable(Written, frozen=True, kw_only=True):
    """A reference to a component."""

    reference: Text
    value: Any = msgspec.UNSET


class RequestBody(Written, frozen=True, kw_only=True):
    """A request body."""

    content_type: Text | None = None
    payload: Any = None
    replacements: tuple[Any, ...] = ()


class Replacement(Written, frozen=True, kw_only=True):
    """A value that goes into a payload."""

    target: str
    value: Any


class Criterion(Written, frozen=True, kw_only=True):
    """A criterion."""

    condition: str
    context: Text | None = None
    type: Any = "simple"


class CriterionType(Written, frozen=True, kw_only=True):
    """A kind of criterion with the version of its language."""

    type: Literal["jsonpath", "xpath"]
    version: Literal["draft-goessner-dispatch-jsonpath-00", "xpath-30", "xpath-20", "xpath-10"]


class SuccessAction(Written, frozen=True, kw_only=True):
    """What is done after a step that succeeded."""

    name: Text
    type: Literal["end", "goto"]
    workflow_id: Text | None = None
    step_id: Text | None = None
    criteria: tuple[Any, ...] = ()


class FailureAction(Written, frozen=True, kw_only=True):
    """What is done after a step that failed."""

    name: Text
    type: Literal["end", "goto", "retry"]
    workflow_id: Text | None = None
    step_id: Text | None = None
    retry_after: Annotated[int, Meta(ge=0)] | Annotated[float, Meta(ge=0)] = 0
    retry_limit: Annotated[int, Meta(ge=0)] = 1
    criteria: tuple[Any, ...] = ()
