/* The clock: what is to happen, in SimPy's order: by hour, by rank, and then by who came first.
 *
 * The run is cut into piles of a few events, which nobody sorts; a heap has what is left of the one at hand, and stays small.
 * Their places lie in a ring, and so stay near: a pile of one round has what is put down for the rounds after it, too. */
#include "world.h"

static int comes_before(const Event *one, const Event *other) {
    if (one->hour != other->hour) return one->hour < other->hour;
    return one->rank != other->rank ? one->rank < other->rank : one->order < other->order;
}

static void put_on_heap(World *w, Event event) {
    if (w->events == w->size) {
        i64 size = w->size ? 2 * w->size : 1024;
        w->heap = grown(w->heap, (size_t)w->size * sizeof(Event), (size_t)size * sizeof(Event));
        w->size = size;
    }
    i64 k = w->events++;
    while (k) {
        i64 parent = (k - 1) >> 2;
        if (!comes_before(&event, w->heap + parent)) break;
        w->heap[k] = w->heap[parent];
        k = parent;
    }
    w->heap[k] = event;
}

static void put_on_pile(World *w, i64 pile, Event event) {
    Piled *piled = w->spare_piled ? w->spare_piled : reserve(sizeof(Piled));
    if (piled == w->spare_piled) w->spare_piled = piled->next;
    Piled **place = w->piles + (pile & (PILES_IN_RING - 1));
    *piled = (Piled){event, *place};
    *place = piled;
}

static i64 pile_of(const World *w, f64 hour) { return (i64)((hour - w->opening_h) * w->piles_an_hour); }

/* Clock.at: what would happen at the end of the run, or at NEVER, does not happen. */
void at(World *w, f64 hour, i64 rank, Act *act, void *who, f64 more) {
    Event event = {hour, rank, w->orders++, act, who, more};
    if (hour < w->now) w->fault = HOUR_BEFORE_PRESENT;
    if (!(hour < w->closing_h)) return;
    i64 pile = pile_of(w, hour);
    if (pile > w->pile) put_on_pile(w, pile, event); else put_on_heap(w, event);
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

/* Whether anything is left to happen; if need be, on the next pile that has something. */
static i64 has_event(World *w) {
    while (!w->events && w->pile + 1 < w->pile_count) {
        Piled **place = w->piles + (++w->pile & (PILES_IN_RING - 1));
        while (*place) {
            Piled *piled = *place;
            if (pile_of(w, piled->event.hour) > w->pile) {
                place = &piled->next;
                continue;
            }
            *place = piled->next;
            put_on_heap(w, piled->event);
            piled->next = w->spare_piled;
            w->spare_piled = piled;
        }
    }
    return w->events > 0;
}

/* Let the clock run until an hour, which does not happen. */
i64 run_clock(World *w, f64 until_h) {
    while (!w->fault && has_event(w) && w->heap[0].hour < until_h) {
        Event event = next_event(w);
        w->now = event.hour;
        event.act(w, event.who, event.more);
    }
    return w->fault;
}
