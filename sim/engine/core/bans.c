/* Convention bans (model/bans.py). */
#include "world.h"

static void take_effect(World *w, void *ban, f64 in_force);
static void let_in(World *w, void *ban, f64 timer);

/* Call the ban, or lift it, when the place has become so full or so empty. */
void look(World *w, Ban *b) {
    Sum load = {0, 0}, capacity = {0, 0};
    for (i64 k = 0; k < b->terms->rooms.n; k++) {
        const Room *r = w->rooms + whole(w, b->terms->rooms, k);
        add(w, &load, r->held + r->wanted);
        add(w, &capacity, r->capacity);
    }
    int full = total(load) >= b->terms->begins_at_share * total(capacity) - HAIR;
    int empty = total(load) <= b->terms->lifts_at_share * total(capacity) + HAIR;
    if (b->called ? !empty : !full) return;
    b->called = !b->called;
    at(w, w->now + b->terms->lead_h, NORMAL, take_effect, b, (f64)b->called);
}

static f64 gap_h(const Ban *b) { return b->in_force ? b->terms->quota_gap_h : b->terms->catch_up_gap_h; }

static void await_turn(World *w, Ban *b) {
    if (!b->held.n || b->timer != 0 || !(gap_h(b) < NEVER)) return;
    b->timer = ++w->token;
    at(w, later(w->now, b->let_in_h + gap_h(b)), LAST_TRAINS, let_in, b, b->timer);
}

/* What was called, or lifted, reaches the origin. */
static void take_effect(World *w, void *ban, f64 in_force) {
    Ban *b = ban;
    b->in_force = in_force != 0;
    b->let_in_h = -NEVER;
    b->timer = 0;
    await_turn(w, b);
}

/* Let in those held whose turn it is, unless a call or a lifting has changed the gap since. */
static void let_in(World *w, void *ban, f64 timer) {
    Ban *b = ban;
    if (timer != b->timer) return;
    b->timer = 0;
    while (b->held.n && b->let_in_h + gap_h(b) <= w->now) {
        b->let_in_h = w->now;
        queue_grant(w, &b->held);
    }
    await_turn(w, b);
}

/* ConventionBan.request: whether the train may go at once. */
i64 ban_request(World *w, Ban *b, Train *t) {
    if (!b->in_force && !b->held.n) return 1;
    Waiter waiter = waiter_of(w, t, 1);
    waiter.priority = 0;
    queue_push(&b->held, waiter);
    if (b->in_force) await_turn(w, b); else queue_grant(w, &b->held);
    return 0;
}
