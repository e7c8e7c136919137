/* Nothing is made or lost on the way (model/conservation.py): whether all accounts close, up to rounding of sums. */
#include "world.h"

static i64 balance(f64 before, f64 after) {
    f64 most = later(__builtin_fabs(before), __builtin_fabs(after));
    return __builtin_fabs(before - after) <= later(1e-9 * most, 1e-6);
}

static i64 cargo_is_kept(const World *w, i64 crossing) {
    f64 received = 0, kept = 0;
    for (i64 k = 0; k < w->in->side.n; k++) {
        const Side *side = w->sides + k;
        if (side->terms->crossing != crossing) continue;
        received += side->units_received;
        kept += side->units_landed;
        for (const Train *t = side->first_lot; t; t = t->lot.next) kept += t->lot.waiting;
    }
    for (i64 k = 0; k < w->in->vessel.n; k++)
        if (w->vessels[k].terms->crossing == crossing) kept += vessel_load(w, w->vessels + k);
    return balance(received, kept);
}

static i64 sets_are_kept(const Pool *p) {
    i64 sets = p->idle + p->promised + sets_standing(p) + p->running_empty;
    return sets == p->total && p->idle >= 0 && p->promised >= 0 && p->running_empty >= 0;
}

static i64 boxes_are_kept(const Depot *depot) {
    f64 ready = depot->empty - (f64)depot->trains_filled * depot->terms->teu_a_train;
    return balance(depot->boxes, depot->turning + ready + depot->away);
}

i64 accounts_close(const World *w) {
    i64 inside = 0, all = 1;
    for (const Train *t = w->first_inside; t; t = t->after) inside++;
    all &= w->trains_created == w->trains_delivered + inside + w->trains_lost;
    for (i64 k = 0; k < w->in->crossing.n; k++) all &= cargo_is_kept(w, k);
    for (i64 k = 0; k < w->in->pool.n; k++) all &= sets_are_kept(w->pools + k);
    for (i64 k = 0; k < w->in->depot.n; k++) all &= boxes_are_kept(w->depots + k);
    return all;
}
