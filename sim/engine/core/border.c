/* Border crossing points (model/border.py). */
#include "world.h"

enum { NOTHING, BEFORE_PLACING, BEFORE_GAUGE_CHANGE, BEFORE_FORMING, BEFORE_DEPARTURE };

static void hear_passing(World *w, void *train, f64 token) {
    Train *t = train;
    t->granted = 1;
    succeed(w, hear_grant, t, token);
}

/* Wait for a place in the number of trains the railways pass to each other in a day. */
static i64 hand_over(World *w, Train *t, const BorderTerms *leg) {
    enum { PASSED = 1, PASSED_OR_ABANDONED };
    const TractionTerms *traction = traction_terms(w->in) + leg->traction;
    if (leg->handover < 0) return 0;
    TELL(&t->journey, 2)
    f64 passed_h = book_path(w, w->paths + leg->handover, w->now);
    if (leg->inbound && passed_h - w->now > traction->abandoned_after_h) {
        t->had = 0;
        at(w, passed_h, NORMAL, hear_passing, t, waiter_of(w, t, 1).token);
        THEN(PASSED_OR_ABANDONED, wait_before(w, t, leg->place, HANDOVER, FOR_HANDOVER, traction, NULL));
    } else if (passed_h > w->now) {
        write_stage(w, t, leg->place, HANDOVER, FOR_HANDOVER, w->now, passed_h, passed_h, 0);
        sleep_until(w, t, &t->journey, passed_h);
        PAUSE(PASSED);
    }
    TOLD;
}

static void go_on_beside(World *w, void *train, f64 more) {
    Train *t = train;
    (void)more;
    const BorderTerms *leg = border_terms(w->in) + (leg_terms(w->in) + whole(w, t->plan->legs, t->leg))->border;
    if (!formalities(w, t, &t->beside, leg)) end_process(w, t, &t->beside);
}

/* The regime the papers were handed in under, if that was early, or else the one in force; what may go on beside it. */
static void begin_clearance(World *w, Train *t, const BorderTerms *leg) {
    int is_early = t->early && t->early_place == leg->place;
    t->clearance = is_early ? t->early - clearance_terms(w->in) : clearance_at(w, customs_terms(w->in) + leg->papers, w->now, t->index);
    const ClearanceTerms *terms = OF(w, clearance, t->clearance);
    t->beside = (Story){.go_on = go_on_beside, .is_alive = terms && terms->works_before_release != NOTHING};
    if (t->beside.is_alive) now_urgent(w, go_on_beside, t);
}

/* Whether the release is still to come, and the work at hand may not begin before it. */
static i64 must_wait(const World *w, const Train *t, i64 work) {
    const ClearanceTerms *terms = OF(w, clearance, t->clearance);
    return t->beside.is_alive && work > terms->works_before_release;
}

#define WAIT_FOR_RELEASE(work) if (must_wait(w, t, work)) { t->beside.heard_by = go_on_journey; WAIT(work##_RELEASED, leg->place, RELEASE, FOR_PAPERS, NULL); }

/* Have the train and its wagon set placed at the cranes, by priority: serve_in_turn. */
static i64 shunt(World *w, Train *t, const BorderTerms *leg) {
    enum { HAS_ENGINE = 1, SHUNTED };
    if (leg->engines < 0) return 0;
    Room *engines = w->rooms + leg->engines;
    TELL(&t->journey, 2)
    t->from_h = w->now;
    if (!ask_room(w, t, engines, 1)) {
        begin_wait(w, t, leg->place, SHUNTING, FOR_ENGINES, engines);
        PAUSE(HAS_ENGINE);
        t->wait.is_open = 0;
        t->awaits = NULL;
    }
    f64 ended_h = w->now + real(w, leg->shunting_h, t->index);
    write_stage(w, t, leg->place, SHUNTING, FOR_ENGINES, t->from_h, w->now, ended_h, 0);
    at(w, ended_h, NORMAL, release_room, engines, 1);
    sleep_until(w, t, &t->journey, ended_h);
    PAUSE(SHUNTED);
    TOLD;
}

/* From arrival to departure: taken over, received, cleared, placed, transshipped, formed, handed over, taken away. */
i64 cross_border(World *w, Train *t, const BorderTerms *leg) {
    enum {
        TAKEN_OVER = 1, RECEIVED, CLEARED, BEFORE_PLACING_RELEASED, COUPLED, SHUNTED, BEFORE_GAUGE_CHANGE_RELEASED,
        TRANSSHIPPED, BEFORE_FORMING_RELEASED, FORMED, BEFORE_DEPARTURE_RELEASED, HANDED_OVER, TAKEN_AWAY
    };
    const TractionTerms *traction = traction_terms(w->in) + leg->traction;
    Room *tracks = w->rooms + leg->tracks;
    TELL(&t->journey, 1)
    if (leg->inbound) THEN(TAKEN_OVER, hand_over(w, t, leg));
    ask_room(w, t, tracks, 1);
    THEN(RECEIVED, wait_before(w, t, leg->place, RECEIVING, FOR_RECEIVING_TRACK, traction, tracks));
    vacate(w, t, w->now);
    settle(w, t, tracks, leg->place, RECEIVING, w->now);

    begin_clearance(w, t, leg);
    if (!t->beside.is_alive) THEN(CLEARED, formalities(w, t, &t->journey, leg));
    WAIT_FOR_RELEASE(BEFORE_PLACING)
    THEN(COUPLED, couple(w, t, leg->place, leg->taking));
    THEN(SHUNTED, shunt(w, t, leg));
    WAIT_FOR_RELEASE(BEFORE_GAUGE_CHANGE)
    if (leg->cranes >= 0) {
        serve(w, t, &t->journey, leg->cranes, real(w, leg->gauge_change_h, t->index), leg->place, GAUGE_CHANGE, FOR_CRANES);
        PAUSE(TRANSSHIPPED);
    }
    if (leg->inbound || leg->cranes >= 0) uncouple(w, t, leg->leaving);
    WAIT_FOR_RELEASE(BEFORE_FORMING)
    serve(w, t, &t->journey, leg->crews, real(w, leg->forming_h, t->index), leg->place, FORMING, FOR_CREWS);
    PAUSE(FORMED);
    WAIT_FOR_RELEASE(BEFORE_DEPARTURE)
    if (!leg->inbound) {
        THEN(HANDED_OVER, hand_over(w, t, leg));
        if (leg->cranes < 0) uncouple(w, t, leg->leaving);
    }
    THEN(TAKEN_AWAY, depart(w, t, leg->place, traction));
    TOLD;
}
