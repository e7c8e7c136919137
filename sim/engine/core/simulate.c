/* One run (model/simulate.py): a world is opened, its clock runs from hour to hour, and what is open is written down. */
#include "world.h"

#define MAKE(member, noun) do { \
    w->member = reserve_zeros((size_t)w->in->noun.n * sizeof *w->member); \
    for (i64 k = 0; k < w->in->noun.n; k++) w->member[k].terms = noun##_terms(w->in) + k; \
} while (0)

static void open_clock(World *w) {
    const RunTerms *run = run_terms(w->in);
    w->now = w->opening_h = run->opening_h;
    w->closing_h = run->closing_h;
    w->pile_count = PILES_A_TRAIN * w->in->offer.n + PILES_AT_LEAST;
    w->piles_an_hour = (f64)(w->pile_count - 1) / (run->closing_h - run->opening_h);
    w->piles = reserve_zeros(PILES_IN_RING * sizeof(Piled *));
}

static void open_resources(World *w) {
    MAKE(rooms, room);
    for (i64 k = 0; k < w->in->room.n; k++) w->rooms[k].capacity = real(w, w->rooms[k].terms->steps.values, 0);
    MAKE(desks, desk);
    for (i64 k = 0; k < w->in->desk.n; k++) {
        Desk *d = w->desks + k;
        d->places = d->terms->places;
        d->free_h = reserve((size_t)d->terms->places_at_most * sizeof(f64));
        d->leaving_h = reserve((size_t)d->terms->places_at_most * sizeof(f64));
        for (i64 place = 0; place < d->places; place++) d->free_h[place] = -NEVER;
    }
    MAKE(paths, paths);
    for (i64 k = 0; k < w->in->paths.n; k++) w->paths[k].next_h = -NEVER;
    MAKE(pools, pool);
    for (i64 k = 0; k < w->in->pool.n; k++) {
        Pool *p = w->pools + k;
        p->idle = p->total = (i64)real(w, p->terms->steps.values, 0);
        p->date = 1;
        p->places = reserve_zeros((size_t)p->terms->places * sizeof(SetPlace));
        for (i64 place = 0; place < p->terms->places; place++)
            p->places[place].group = reserve((size_t)p->terms->group_sets * sizeof(EmptySet));
    }
    MAKE(bans, ban);
    for (i64 k = 0; k < w->in->ban.n; k++) w->bans[k].let_in_h = -NEVER;
    MAKE(depots, depot);
    MAKE(sides, side);
    for (i64 k = 0; k < w->in->side.n; k++) w->sides[k].idle = reserve((size_t)w->in->vessel.n * sizeof(Vessel *));
    MAKE(vessels, vessel);
}

/* Every thirty days whether traffic has come to a stop for good. */
static void watch_movement(World *w, void *who, f64 more) {
    if (in_deadlock(w)) w->fault = DEADLOCK;
    at(w, w->now + WATCH_EVERY_H, AFTER_TRAINS, watch_movement, who, more);
}
static void begin_watch(World *w, void *who, f64 more) { at(w, w->now + WATCH_EVERY_H, AFTER_TRAINS, watch_movement, who, more); }

EXPORT(open_world) World *open_world(const Block *block) {
    World *w = reserve_zeros(sizeof(World));
    w->in = block;
    w->reals = (const f64 *)((const char *)block + block->reals.at);
    w->wholes = (const i64 *)((const char *)block + block->wholes.at);
    open_clock(w);
    open_resources(w);
    w->by_number = reserve_zeros((size_t)(block->offer.n + 1) * sizeof(Train *));
    for (i64 k = 0; k < block->actor.n; k++) {
        const ActorTerms *actor = actor_terms(block) + k;
        if (actor->room >= 0) now_urgent(w, begin_room, w->rooms + actor->room);
        if (actor->pool >= 0) now_urgent(w, begin_pool, w->pools + actor->pool);
        if (actor->vessel >= 0) now_urgent(w, begin_vessel, w->vessels + actor->vessel);
    }
    now_urgent(w, begin_dispatch, NULL);
    now_urgent(w, begin_watch, NULL);
    return w;
}

EXPORT(advance) i64 advance(World *w, f64 until_h) { return run_clock(w, until_h); }

static void write_sets_of(World *w, const Train *t) {
    for (i64 k = 0; k < t->trips; k++) write_set(w, t->trip[k].pool, t->number, t->trip[k].taken_h, NO_HOUR, NO_HOUR);
    if (t->ahead.is_put && t->ahead.granted) write_set(w, t->ahead.pool, t->number, kept_since_h(w, &t->ahead), NO_HOUR, NO_HOUR);
}

/* write_sets: kept for a train, under one, or standing until the group is whole. */
static void write_sets(World *w) {
    for (i64 has_paper = 1; has_paper >= 0; has_paper--)
        for (i64 number = w->next_offer; number < w->ahead_until; number++)
            if (w->by_number[number] && offer_terms(w->in)[number].has_paper == has_paper) write_sets_of(w, w->by_number[number]);
    for (const Train *t = w->first_inside; t; t = t->after) write_sets_of(w, t);
    for (i64 k = 0; k < w->in->pool.n; k++)
        for (i64 place = 0; place < w->pools[k].terms->places; place++)
            for (i64 set = 0; set < w->pools[k].places[place].gathered; set++) {
                const EmptySet *empty = w->pools[k].places[place].group + set;
                write_set(w, w->pools + k, empty->train, empty->taken_h, empty->released_h, NO_HOUR);
            }
}

static void write_open_stay(World *w, const Train *t, const Stay *stay) {
    for (const Part *part = stay->room ? stay->first : NULL; part; part = part->next)
        write_stay(w, stay->place, stay->activity, t, part->units, part->taken_h, NO_HOUR);
}

/* Write down what was still open when the clock stopped, and check the accounts. */
EXPORT(close_world) i64 close_world(World *w) {
    f64 closing_h = run_terms(w->in)->closing_h;
    w->now = closing_h;
    if (in_deadlock(w)) return w->fault = DEADLOCK;
    write_sets(w);
    for (const Train *t = w->first_inside; t; t = t->after) {
        write_train(w, t, NO_HOUR);
        const OpenWait *wait = &t->wait;
        if (wait->is_open && wait->queued_h < closing_h)
            write_stage(w, t, wait->place, wait->activity, wait->cause, wait->queued_h, NO_HOUR, NO_HOUR, 0);
        write_open_stay(w, t, &t->stay);
        if (t->lot.is_afloat_or_waiting) write_open_stay(w, t, &t->lot.ashore);
    }
    for (i64 k = 0; k < w->in->side.n; k++) {
        i64 place = crossing_terms(w->in)[w->sides[k].terms->crossing].place;
        if (w->sides[k].terms->yard < 0) continue;
        for (const Train *t = w->sides[k].first_lot; t; t = t->lot.next)
            write_stay(w, place, LOADING, t, t->lot.waiting, t->lot.admitted_h, NO_HOUR);
    }
    return w->fault = accounts_close(w) ? NO_FAULT : ACCOUNTS;
}

/* Python reads there how many rows each table has and where, and writes how many it has left. */
EXPORT(tables_of) Rows *tables_of(World *w) { return w->tables; }
