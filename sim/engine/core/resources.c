/* What trains wait for (model/resources.py): desks that are booked, paths that are spaced, rooms that are held. */
#include "world.h"

static void free_push(Desk *d, f64 hour) {
    i64 k = d->places++;
    while (k && hour < d->free_h[(k - 1) / 2]) {
        d->free_h[k] = d->free_h[(k - 1) / 2];
        k = (k - 1) / 2;
    }
    d->free_h[k] = hour;
}

/* heapreplace: the first to fall free is taken until an hour. */
static void free_replace(Desk *d, f64 hour) {
    i64 k = 0;
    for (i64 child = 1; child < d->places; child = 2 * k + 1) {
        if (child + 1 < d->places && d->free_h[child + 1] < d->free_h[child]) child++;
        if (d->free_h[child] >= hour) break;
        d->free_h[k] = d->free_h[child];
        k = child;
    }
    d->free_h[k] = hour;
}

/* Desk.change: rises give back the last places that went; cuts take those that fall free first. */
static void desk_change(const World *w, Desk *d) {
    f64 hour = real(w, d->terms->change_h, d->change);
    i64 rise = whole(w, d->terms->rise, d->change++);
    for (; rise > 0; rise--) free_push(d, later(hour, d->leaving ? d->leaving_h[--d->leaving] : hour));
    for (; rise < 0; rise++) {
        d->leaving_h[d->leaving++] = d->free_h[0];
        f64 last = d->free_h[--d->places];
        if (d->places) free_replace(d, last);
    }
}

static f64 open_from(const World *w, const SpellsTerms *hours, f64 hour) {
    return later(hour, real(w, hours->opens_h, bisect(w->reals + hours->closes_h.at, hours->closes_h.n, hour + INSTANT_H)));
}

static f64 after_work(const World *w, const SpellsTerms *hours, f64 start_h, f64 work_h) {
    i64 spell = bisect(w->reals + hours->closes_h.at, hours->closes_h.n, start_h);
    f64 begun_h = later(start_h, real(w, hours->opens_h, spell));
    while (begun_h + work_h > real(w, hours->closes_h, spell) + INSTANT_H) {
        work_h -= real(w, hours->closes_h, spell++) - begun_h;
        begun_h = real(w, hours->opens_h, spell);
    }
    return begun_h + work_h;
}

static f64 may_start_h(const World *w, const Desk *d, const SpellsTerms *hours, f64 now_h) {
    if (!d->places) return NEVER;
    f64 start_h = later(now_h, d->free_h[0]);
    return hours ? open_from(w, hours, start_h) : start_h;
}

/* Desk.book: the end of a service, and its start. */
f64 book_desk_from(World *w, Desk *d, f64 now_h, f64 service_h, f64 *started_h) {
    const SpellsTerms *hours = OF(w, spells, d->terms->hours);
    *started_h = may_start_h(w, d, hours, now_h);
    while (d->change < d->terms->change_h.n && *started_h >= real(w, d->terms->change_h, d->change)) {
        desk_change(w, d);
        *started_h = may_start_h(w, d, hours, now_h);
    }
    if (!(*started_h < NEVER)) return NEVER;
    f64 ended_h = hours && !d->terms->finish ? after_work(w, hours, *started_h, service_h) : *started_h + service_h;
    free_replace(d, ended_h);
    return ended_h;
}

/* Paths.after_a_path */
static f64 after_a_path(const World *w, const Paths *p, f64 hour) {
    f64 path = 1.0;
    for (i64 step = p->step; hour < NEVER; step++) {
        f64 until_h = real(w, p->terms->until_h, step);
        f64 ready_h = path > 0 ? hour + path * real(w, p->terms->headway_h, step) : hour;
        if (ready_h <= until_h) return ready_h;
        path -= (until_h - hour) * real(w, p->terms->paths_per_h, step);
        hour = until_h;
    }
    return NEVER;
}

/* Paths.book */
f64 book_path(World *w, Paths *p, f64 now_h) {
    f64 departed_h = later(now_h, p->next_h);
    for (;; p->step++) {
        f64 until_h = real(w, p->terms->until_h, p->step);
        int is_closed = real(w, p->terms->headway_h, p->step) == NEVER && departed_h < NEVER;
        if (departed_h < until_h && !is_closed) break;
        departed_h = later(departed_h, until_h);
        if (departed_h == NEVER) break;
    }
    p->next_h = after_a_path(w, p, departed_h);
    return departed_h;
}

static i64 room_has(const Room *r, f64 units) {
    return r->capacity > 0 && (r->held + units <= r->capacity + HAIR * units || r->held <= HAIR);
}

static void tell(World *w, const Room *r) {
    for (i64 k = 0; k < r->terms->bans.n; k++) look(w, w->bans + whole(w, r->terms->bans, k));
}

static void room_let_in(World *w, Room *r) {
    while (r->waiting.n && room_has(r, r->waiting.heap[0].units)) {
        f64 units = r->waiting.heap[0].units;
        r->wanted -= units;
        r->held += units;
        queue_grant(w, &r->waiting);
    }
}

/* Room.request: whether it is had at once. */
i64 room_request(World *w, Room *r, Waiter waiter) {
    i64 had = room_has(r, waiter.units) && !r->waiting.n;
    if (had) {
        r->held += waiter.units;
    } else {
        queue_push(&r->waiting, waiter);
        r->wanted += waiter.units;
        room_let_in(w, r);
    }
    tell(w, r);
    return had;
}

void room_release(World *w, Room *r, f64 units) {
    r->held -= units;
    room_let_in(w, r);
    tell(w, r);
}

void release_room(World *w, void *room, f64 units) { room_release(w, room, units); }

i64 room_will_grow(const World *w, const Room *r) {
    for (i64 k = 0; k < r->terms->steps.from_h.n; k++)
        if (real(w, r->terms->steps.from_h, k) > w->now && real(w, r->terms->steps.values, k) > r->capacity) return 1;
    return 0;
}

static void room_date(World *w, void *room, f64 more) {
    Room *r = room;
    (void)more;
    r->capacity = real(w, r->terms->steps.values, ++r->date);
    room_let_in(w, r);
    tell(w, r);
}

/* Room.follow: all dates on the clock from the beginning. */
void begin_room(World *w, void *room, f64 more) {
    Room *r = room;
    (void)more;
    for (i64 k = 1; k < r->terms->steps.from_h.n; k++)
        at(w, later(real(w, r->terms->steps.from_h, k), w->now), NORMAL, room_date, r, 0);
}
