"""Texts known again by what they are made of."""

from __future__ import annotations

import pytest

from mockserver.rendering import Rendering


class Thing:
    def __init__(self, name: str) -> None:
        self.name = name


class Press:
    """Counts how often it prints."""

    def __init__(self, most_bytes: int = 100) -> None:
        self.printed = 0
        self.rendering = Rendering(self.render, most_bytes)

    def render(self, *things: Thing) -> bytes:
        self.printed += 1
        return b" ".join(thing.name.encode() for thing in things)


def test_the_same_things_are_the_same_text() -> None:
    press, tea, cup = Press(), Thing("tea"), Thing("cup")
    text = press.rendering(tea, cup)
    assert text == b"tea cup"
    assert press.rendering(tea, cup) is text
    assert press.printed == 1


def test_equal_things_are_not_the_same_nor_are_other_orders_and_numbers_of_them() -> None:
    press, tea, cup = Press(), Thing("tea"), Thing("cup")
    texts = [press.rendering(*things) for things in ((tea, cup), (cup, tea), (tea,), (), (Thing("tea"), cup))]
    assert texts == [b"tea cup", b"cup tea", b"tea", b"", b"tea cup"]
    assert press.printed == 5


def test_what_has_taken_the_place_of_a_forgotten_thing_in_memory_is_another_thing() -> None:
    press = Press(most_bytes=10)
    for number in range(1000):
        assert press.rendering(Thing(f"{number:04}")) == f"{number:04}".encode()


@pytest.mark.parametrize(("size", "kept"), [(100, 10), (10, 1), (9, 0)])
def test_the_oldest_texts_are_forgotten_past_so_many_bytes(size: int, kept: int) -> None:
    press = Press(most_bytes=size)
    things = [Thing(f"{number:010}") for number in range(12)]
    for thing in things:
        press.rendering(thing)
    press.printed = 0
    for thing in reversed(things[12 - kept :]):
        press.rendering(thing)
    assert press.printed == 0
    press.rendering(things[11 - kept])
    assert press.printed == 1


def test_a_text_that_cannot_be_made_is_not_remembered() -> None:
    press = Press()
    for _ in range(2):
        with pytest.raises(AttributeError):
            press.rendering("no thing")
    assert press.printed == 2
