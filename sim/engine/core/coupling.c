/* Trains and wagon sets (model/coupling.py). */
#include "world.h"

/* Put the train on a wagon set, where it takes one: that kept for it, or the next. */
i64 couple(World *w, Train *t, i64 place, i64 taking) {
    enum { PROMISED = 1, PLACED };
    if (taking < 0) return 0;
    const TakingTerms *takes = taking_terms(w->in) + taking;
    Pool *pool = w->pools + takes->sets;
    i64 was_ordered = t->ahead.is_put && t->ahead.pool == pool && t->ahead.at == takes->at;
    Order *order = was_ordered ? &t->ahead : &t->at_hand;
    TELL(&t->journey, 2)
    if (!was_ordered) put_order(w, order, t, takes);
    if (!order->granted) {
        order->is_awaited = 1;
        WAIT(PROMISED, place, PLACING, FOR_WAGON_SET, pool);
    }
    order->is_put = 0;
    if (t->trips == TRIPS_AT_MOST) w->fault = TOO_MANY_TRIPS;
    else t->trip[t->trips++] = (Trip){pool, kept_since_h(w, order)};
    f64 ready_h = w->now + real(w, takes->placing_h, t->index);
    if (ready_h > w->now) {
        write_stage(w, t, place, PLACING, FOR_WAGON_SET, w->now, w->now, ready_h, 0);
        sleep_until(w, t, &t->journey, ready_h);
        PAUSE(PLACED);
    }
    TOLD;
}

/* Leave the wagon set the train came on: at a change of gauge the older of two. */
void uncouple(World *w, Train *t, i64 leaving) {
    if (leaving < 0) return;
    const LeavingTerms *leaves = leaving_terms(w->in) + leaving;
    Trip trip = t->trip[0];
    t->trips--;
    copy(t->trip, t->trip + 1, (size_t)t->trips * sizeof(Trip));
    f64 run_h = real(w, leaves->run_h, t->index), repair_h = real(w, leaves->repair_h, t->index);
    pool_release(w, trip.pool, leaves->at, (i32)t->number, trip.taken_h, run_h, repair_h);
}
