/* Deadlock: who holds what the others wait for, in a ring (model/deadlock.py). */
#include "world.h"

/* Of each room, pool and crossing: who holds it, and who of these waits. */
typedef struct { World *w; i64 *owners, *waiting; } Holdings;

/* The number of what is awaited or held among rooms, pools and crossings; -1 for nothing. */
static i64 number_of(const World *w, const void *resource) {
    const Block *in = w->in;
    const Room *room = resource;
    const Pool *pool = resource;
    const CrossingTerms *crossing = resource;
    if (room >= w->rooms && room < w->rooms + in->room.n) return room - w->rooms;
    if (pool >= w->pools && pool < w->pools + in->pool.n) return in->room.n + (pool - w->pools);
    if (crossing >= crossing_terms(in) && crossing < crossing_terms(in) + in->crossing.n)
        return in->room.n + in->pool.n + (crossing - crossing_terms(in));
    return -1;
}

static void hold(Holdings *h, const void *resource, i64 is_waiting) {
    i64 number = resource ? number_of(h->w, resource) : -1;
    if (number < 0) return;
    h->owners[number]++;
    h->waiting[number] += is_waiting;
}

static void holds_of_train(Holdings *h, const Train *t) {
    i64 is_waiting = t->awaits && !t->will_move;
    hold(h, t->stay.room, is_waiting);
    if (t->lot.is_afloat_or_waiting && t->lot.ashore.first) hold(h, t->lot.ashore.room, is_waiting);
    for (i64 k = 0; k < t->trips; k++) hold(h, t->trip[k].pool, is_waiting);
    if (t->ahead.is_put && t->ahead.granted) hold(h, t->ahead.pool, is_waiting);
}

static void holds_of_vessel(Holdings *h, const Vessel *v) {
    i64 is_waiting = v->awaits && !v->will_move;
    hold(h, crossing_terms(h->w->in) + v->terms->crossing, is_waiting);
    hold(h, v->berth, is_waiting);
    for (i64 k = 0; k < v->parts && !v->awaits; k++) hold(h, v->aboard[k].train->lot.ashore.room, 0);
}

/* Trains inside and those for which a set is kept before they are offered; vessels. */
static void find_holdings(Holdings *h) {
    World *w = h->w;
    i64 resources = w->in->room.n + w->in->pool.n + w->in->crossing.n;
    for (i64 k = 0; k < 2 * resources; k++) h->owners[k] = 0;
    for (const Train *t = w->first_inside; t; t = t->after) holds_of_train(h, t);
    for (i64 number = w->next_offer; number < w->ahead_until; number++)
        if (w->by_number[number]) holds_of_train(h, w->by_number[number]);
    for (i64 k = 0; k < w->in->side.n; k++)
        for (const Train *t = w->sides[k].first_lot; t && w->sides[k].terms->yard >= 0; t = t->lot.next)
            hold(h, w->rooms + w->sides[k].terms->yard, t->awaits && !t->will_move);
    for (i64 k = 0; k < w->in->vessel.n; k++) holds_of_vessel(h, w->vessels + k);
}

/* Whether somebody who holds what is awaited will move, or nobody holds it, or more of it comes on a date. */
static i64 will_come(const Holdings *h, const void *resource) {
    const World *w = h->w;
    i64 number = number_of(w, resource), rooms = w->in->room.n;
    int is_owned = h->owners[number] > 0;
    if (number < rooms && room_will_grow(w, w->rooms + number)) return 1;
    if (number >= rooms && number < rooms + w->in->pool.n) {
        const Pool *p = w->pools + (number - rooms);
        if (p->idle || p->running_empty || pool_will_grow(w, p)) return 1;
        if (sets_standing(p) && !is_owned) return 0;
    }
    return !is_owned || h->waiting[number] < h->owners[number];
}

/* Whether one who waits will move after all, once more is known; `left` counts those who still will not. */
static i64 reduce(const Holdings *h, const void *awaits, i8 *will_move, i64 *left) {
    if (!awaits || *will_move) return 0;
    if (will_come(h, awaits)) return *will_move = 1;
    ++*left;
    return 0;
}

/* Reduction of the wait-for graph until nobody more is freed: whether any is left. */
i64 in_deadlock(World *w) {
    i64 resources = w->in->room.n + w->in->pool.n + w->in->crossing.n, left = 1, freed = 1;
    if (!w->owners) w->owners = reserve((size_t)(2 * resources + 1) * sizeof(i64));
    Holdings h = {w, w->owners, w->owners + resources};
    for (Train *t = w->first_inside; t; t = t->after) t->will_move = 0;
    for (i64 k = 0; k < w->in->vessel.n; k++) w->vessels[k].will_move = 0;
    while (freed && left) {
        freed = left = 0;
        find_holdings(&h);
        for (Train *t = w->first_inside; t; t = t->after) freed += reduce(&h, t->awaits, &t->will_move, &left);
        for (i64 k = 0; k < w->in->vessel.n; k++) freed += reduce(&h, w->vessels[k].awaits, &w->vessels[k].will_move, &left);
    }
    return left > 0;
}

/* Who never moves again, as rows of stages: what a train waits for, if for anything, and `beside` whether a set that was
 * ordered ahead is kept for it; of a vessel a row without a train. */
EXPORT(write_stopped) void write_stopped(World *w) {
    for (const Train *t = w->first_inside; t; t = t->after) {
        if (!t->awaits || t->will_move) continue;
        i64 cause = t->wait.is_open ? t->wait.cause : NO_CAUSE, is_kept = t->ahead.is_put && t->ahead.granted;
        write_stage(w, t, t->wait.place, t->wait.activity, cause, t->wait.queued_h, NO_HOUR, NO_HOUR, is_kept);
    }
    for (i64 k = 0; k < w->in->vessel.n; k++) {
        if (!w->vessels[k].awaits || w->vessels[k].will_move) continue;
        StagesRow *row = new_row(w, STAGES);
        *row = (StagesRow){NO_TRAIN, 0, 0, NO_CAUSE, NO_HOUR, NO_HOUR, NO_HOUR, 0};
    }
}
