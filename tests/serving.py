"""Jobs served at the desks and tracks of the model, without a scenario around them."""

import math

from sim.model.resources import NEVER, Clock, Desk, Room
from sim.scenario.calendar import Steps


def steady(value):
    return Steps((-math.inf,), (value,))


def stepped(first, *later):
    """A step function from its first value and the (hour, value) that follow."""
    return Steps((-math.inf, *(hour for hour, _ in later)), (first, *(value for _, value in later)))


def booked(capacity, jobs, hours=None, finish=True):
    """Starts at a desk."""
    desk = Desk(capacity, hours, finish)
    return [desk.book(arrival, service)[0] for arrival, service in jobs]


def held(capacity, jobs):
    """Starts on a track of jobs (arrival, service, priority), each a process of its own."""
    clock = Clock()
    track = Room(clock, capacity)
    starts = [NEVER] * len(jobs)

    def job(number, arrival, service, priority):
        yield clock.at(arrival)
        granted = track.request(priority, number)
        if granted is not None:
            yield granted
        starts[number] = clock.now
        yield clock.at(clock.now + service)
        track.release()

    for number, (arrival, service, priority) in enumerate(jobs):
        clock.process(job(number, arrival, service, priority))
    clock.run(until=1e9)
    return starts
