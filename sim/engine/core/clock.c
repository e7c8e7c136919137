/* The clock: a heap of what is to happen, as SimPy's: by hour, by rank, and then by who came first. */
#include "world.h"

static int comes_before(const Event *one, const Event *other) {
    if (one->hour != other->hour) return one->hour < other->hour;
    return one->rank != other->rank ? one->rank < other->rank : one->order < other->order;
}

/* Clock.at: what would happen at NEVER does not happen. */
void at(World *w, f64 hour, i64 rank, Act *act, void *who, f64 more) {
    if (hour < w->now) w->fault = HOUR_BEFORE_PRESENT;
    if (!(hour < NEVER)) return;
    if (w->events == w->size) {
        i64 size = w->size ? 2 * w->size : 1024;
        w->heap = grown(w->heap, (size_t)w->size * sizeof(Event), (size_t)size * sizeof(Event));
        w->size = size;
    }
    Event event = {hour, rank, w->orders++, act, who, more};
    i64 k = w->events++;
    while (k) {
        i64 parent = (k - 1) >> 2;
        if (!comes_before(&event, w->heap + parent)) break;
        w->heap[k] = w->heap[parent];
        k = parent;
    }
    w->heap[k] = event;
}

/* The beginning of a process. */
void now_urgent(World *w, Act *act, void *who) { at(w, w->now, URGENT, act, who, 0); }

/* Event.succeed: whoever waits hears of it after what is due already. */
void succeed(World *w, Act *act, void *who, f64 more) { at(w, w->now, NORMAL, act, who, more); }

static Event next_event(World *w) {
    Event first = w->heap[0], last = w->heap[--w->events];
    i64 k = 0, n = w->events;
    for (i64 child = 1; child < n; child = 4 * k + 1) {
        i64 best = child, end = child + 4 < n ? child + 4 : n;
        for (i64 other = child + 1; other < end; other++)
            if (comes_before(w->heap + other, w->heap + best)) best = other;
        if (!comes_before(w->heap + best, &last)) break;
        w->heap[k] = w->heap[best];
        k = best;
    }
    w->heap[k] = last;
    return first;
}

/* Let the clock run until an hour, which does not happen. */
i64 run_clock(World *w, f64 until_h) {
    while (w->events && w->heap[0].hour < until_h && !w->fault) {
        Event event = next_event(w);
        w->now = event.hour;
        event.act(w, event.who, event.more);
    }
    return w->fault;
}
