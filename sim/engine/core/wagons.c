/* Wagon sets that circulate, and orders for them (model/wagons.py). */
#include "world.h"

static void offer(World *w, Pool *p, i64 place);

i64 sets_standing(const Pool *p) {
    i64 sets = 0;
    for (i64 k = 0; k < p->terms->places; k++) sets += p->places[k].gathered;
    return sets;
}

static void arrive(World *w, void *pool, f64 place) {
    Pool *p = pool;
    p->running_empty--;
    if ((i64)place != p->terms->home) p->places[(i64)place].called--;
    offer(w, p, (i64)place);
}

static void run_empty(World *w, Pool *p, i64 place, f64 arrival_h) {
    p->running_empty++;
    at(w, arrival_h, NORMAL, arrive, p, (f64)place);
}

/* To a train that waits away from home, or back in vain. */
static void run_out(World *w, Pool *p, i64 place, f64 run_h) {
    write_set(w, p, NO_TRAIN, w->now, w->now, w->now + run_h);
    run_empty(w, p, place, w->now + run_h);
}

static void grant_set(World *w, Pool *p, i64 place) {
    p->promised++;
    queue_grant(w, &p->places[place].waiting);
}

/* Send idle sets to the places where more trains wait than sets are on their way. */
static void call_out(World *w, Pool *p) {
    for (i64 k = 0; k < p->terms->places; k++)
        while (k != p->terms->home && p->idle > 0 && p->places[k].waiting.n > p->places[k].called) {
            p->idle--;
            p->places[k].called++;
            run_out(w, p, k, real(w, p->terms->run_out_h, k));
        }
}

static void come_home(World *w, Pool *p) {
    if (p->surplus > 0) {
        p->surplus--;
        p->total--;
    } else if (p->places[p->terms->home].waiting.n) {
        grant_set(w, p, p->terms->home);
    } else {
        p->idle++;
        call_out(w, p);
    }
}

/* Let a set at hand serve a train, come home, or turn back. */
static void offer(World *w, Pool *p, i64 place) {
    if (place == p->terms->home) come_home(w, p);
    else if (p->places[place].waiting.n) grant_set(w, p, place);
    else run_out(w, p, p->terms->home, real(w, p->terms->run_out_h, place));
}

static void write_empty(World *w, const Pool *p, const EmptySet *empty, f64 home_h) {
    write_set(w, p, empty->train, empty->taken_h, empty->released_h, home_h);
}

/* WagonSets.release: to who waits there, or into the group that runs home when it is whole. */
void pool_release(World *w, Pool *p, i64 place, i32 train, f64 taken_h, f64 run_h, f64 repair_h) {
    SetPlace *here = p->places + place;
    EmptySet empty = {train, taken_h, w->now, repair_h};
    p->promised--;
    if (here->waiting.n && place != p->terms->home) {
        write_empty(w, p, &empty, w->now);
        offer(w, p, place);
        return;
    }
    here->group[here->gathered++] = empty;
    if (here->gathered < p->terms->group_sets) return;
    i64 members = here->gathered;
    here->gathered = 0;
    for (i64 k = 0; k < members; k++) {
        f64 home_h = w->now + (run_h + here->group[k].repair_h);
        write_empty(w, p, here->group + k, home_h);
        run_empty(w, p, p->terms->home, home_h);
    }
}

/* WagonSets.request: whether a set is promised at once. */
static i64 request_set(World *w, Pool *p, i64 place, Waiter waiter) {
    SetPlace *here = p->places + place;
    if (place == p->terms->home && p->idle > 0) {
        p->idle--;
        p->promised++;
        return 1;
    }
    if (place != p->terms->home && here->gathered) {
        write_empty(w, p, here->group, w->now);
        here->gathered--;
        copy(here->group, here->group + 1, (size_t)here->gathered * sizeof(EmptySet));
        p->promised++;
        return 1;
    }
    queue_push(&here->waiting, waiter);
    call_out(w, p);
    return 0;
}

/* SetOrder.keep: the set promised is kept from now on; a train that waits for it goes on. */
static void keep(World *w, void *order, f64 token) {
    Order *o = order;
    if (token != o->token) return;
    o->kept_h = w->now;
    if (!o->is_awaited) return;
    o->is_awaited = 0;
    go_on_journey(w, o->train, 0);
}

void put_order(World *w, Order *o, Train *t, const TakingTerms *taking) {
    *o = (Order){.train = t, .pool = w->pools + taking->sets, .at = taking->at, .is_put = 1, .kept_h = NO_HOUR, .token = ++w->token};
    Waiter waiter = {t->plan->priority, t->offered_h, t->number, 1, keep, o, o->token, &o->granted};
    if (request_set(w, o->pool, o->at, waiter)) {
        o->granted = 1;
        o->kept_h = w->now;
    }
}

f64 kept_since_h(const World *w, const Order *o) { return o->kept_h == o->kept_h ? o->kept_h : w->now; }

/* SetOrder.withdraw: give back the set, or the place in the queue for one. */
void withdraw(World *w, Order *o) {
    if (o->granted) {
        o->pool->promised--;
        write_set(w, o->pool, NO_TRAIN, kept_since_h(w, o), w->now, w->now);
        offer(w, o->pool, o->at);
    } else {
        queue_remove(&o->pool->places[o->at].waiting, o);
    }
    o->is_put = 0;
    o->token = 0;
}

i64 pool_will_grow(const World *w, const Pool *p) {
    for (i64 k = 0; k < p->terms->steps.from_h.n; k++)
        if (real(w, p->terms->steps.from_h, k) > w->now && real(w, p->terms->steps.values, k) > (f64)p->total) return 1;
    return 0;
}

static void pool_date(World *w, void *pool, f64 more) {
    Pool *p = pool;
    i64 rise = (i64)real(w, p->terms->steps.values, p->date) - (i64)real(w, p->terms->steps.values, p->date - 1);
    for (i64 k = 0; k < rise; k++) {
        p->total++;
        come_home(w, p);
    }
    i64 cut = rise < 0 ? -rise : 0, leaving = p->idle < cut ? p->idle : cut;
    p->idle -= leaving;
    p->total -= leaving;
    p->surplus += cut - leaving;
    p->date++;
    begin_pool(w, p, more);
}

/* WagonSets.follow: one date after the other. */
void begin_pool(World *w, void *pool, f64 more) {
    Pool *p = pool;
    (void)more;
    if (p->date < p->terms->steps.from_h.n) at(w, later(real(w, p->terms->steps.from_h, p->date), w->now), NORMAL, pool_date, p, 0);
}
