"""Circles in the order of lessons: groups of lessons each of which waits for another of them."""

from collections.abc import Iterable, Mapping


def find_circles(needs: Mapping[str, Iterable[str]]) -> list[tuple[str, ...]]:
    """Return circles of prerequisites, so that every circle shares a lesson with a returned one.

    `needs` maps each lesson to what must come before it; unknown ids are passed over. An empty
    list means that the lessons can be put in an order. Walks without recursion, because a broken
    file may chain thousands of lessons.
    """
    done: set[str] = set()
    circles: list[tuple[str, ...]] = []
    for start in needs:
        if start in done:
            continue
        path = [start]
        on_path = {start}
        waiting = [iter(needs[start])]
        while path:
            step = next((id_ for id_ in waiting[-1] if id_ in needs and id_ not in done), None)
            if step is None:
                waiting.pop()
                on_path.discard(path[-1])
                done.add(path.pop())
            elif step in on_path:
                circles.append(tuple(path[path.index(step) :]))
            else:
                path.append(step)
                on_path.add(step)
                waiting.append(iter(needs[step]))
    return circles
