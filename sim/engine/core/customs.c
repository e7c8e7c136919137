/* Clearance of declarations on paper or by Tez, and the inspection that follows (model/customs.py, papers.py). */
#include "world.h"

/* CustomsLuck.clearance_at: the regime of a train at an hour, -1 when no declarations are needed. */
i64 clearance_at(const World *w, const CustomsTerms *papers, f64 hour, i64 index) {
    if (!papers->regime.n) return -1;
    i64 clearance = whole(w, papers->regime, bisect(w->reals + papers->regime_from_h.at, papers->regime_from_h.n, hour) - 1);
    if (papers->otherwise >= 0 && real(w, papers->adopts, index) >= step_at(w, papers->adoption, hour))
        clearance = papers->otherwise;
    const ClearanceTerms *terms = clearance_terms(w->in) + clearance;
    if (terms->is_tez && terms->fallback >= 0 && fair_from(w, closures_terms(w->in) + terms->outages, hour) > hour)
        return terms->fallback;
    return clearance;
}

/* early_paper: the regime at the offer, if papers are handed in before the journey under it and are not late. */
i64 early_paper(const World *w, const Train *t, const BorderTerms *office) {
    i64 clearance = clearance_at(w, customs_terms(w->in) + office->papers, t->offered_h, t->index);
    const ClearanceTerms *terms = OF(w, clearance, clearance);
    if (!terms || terms->is_tez || !(terms->lead_h > 0)) return -1;
    f64 late_h = real(w, terms->lodged_h, t->index);
    return late_h == late_h ? -1 : clearance;
}

static i64 rounds_of(const World *w, const ClearanceTerms *terms, i64 index) {
    return whole(w, terms->rounds.first, index + 1) - whole(w, terms->rounds.first, index);
}

static f64 in_round(const World *w, const ClearanceTerms *terms, i64 index, i64 round) {
    return (f64)whole(w, terms->rounds.counts, whole(w, terms->rounds.first, index) + round);
}

/* Key and check all declarations, then those found wrong, until none is. */
static i64 key_and_check(World *w, Train *t, Story *s, const BorderTerms *leg, const ClearanceTerms *paper) {
    enum { KEYED = 1, CHECKED };
    TELL(s, 4)
    for (s->round = 0; s->round < rounds_of(w, paper, t->index); s->round++) {
        f64 keying_h = in_round(w, paper, t->index, s->round) * real(w, paper->keying_h, t->index);
        serve(w, t, s, leg->declarants, keying_h, leg->place, KEYING, FOR_DECLARANTS);
        PAUSE(KEYED);
        f64 checking_h = in_round(w, paper, t->index, s->round) * real(w, paper->checking_h, t->index);
        serve(w, t, s, leg->officers, checking_h, leg->place, CHECKING, FOR_OFFICERS);
        PAUSE(CHECKED);
    }
    TOLD;
}

/* A process ends: whoever waits for it hears of it. */
void end_process(World *w, Train *t, Story *s) {
    s->is_alive = 0;
    if (s->heard_by) succeed(w, s->heard_by, t, 0);
    s->heard_by = NULL;
}

/* The border that has the papers of a train handed in early is the first office of its route. */
static void go_on_work(World *w, void *train, f64 more) {
    Train *t = train;
    (void)more;
    if (!key_and_check(w, t, &t->work, border_terms(w->in) + t->plan->office, t->early)) end_process(w, t, &t->work);
}

void hand_in_now(World *w, void *train, f64 more) {
    Train *t = train;
    (void)more;
    t->work = (Story){.go_on = go_on_work, .is_alive = 1};
    now_urgent(w, go_on_work, t);
    t->early_place = border_terms(w->in)[t->plan->office].place;
    t->handed_in_h = w->now;
}

/* wait_for: a lodging still to come, then the release that it brings. Whether there is anything to wait for. */
static i64 await_release(World *w, Train *t, Story *s, i64 place, f64 lodging_h, f64 release_h) {
    f64 begun_h = w->now + lodging_h, released_h = w->now + lodging_h + release_h;
    if (!(released_h > w->now)) return 0;
    write_stage(w, t, place, RELEASE, FOR_PAPERS, w->now, begun_h, released_h, s != &t->journey);
    sleep_until(w, t, s, released_h);
    return 1;
}

static void record(World *w, Train *t, Story *s, const BorderTerms *leg, const ClearanceTerms *terms, i64 rounds) {
    const CustomsTerms *papers = customs_terms(w->in) + leg->papers;
    DeclarationsRow *row = new_row(w, DECLARATIONS);
    *row = (DeclarationsRow){(i32)t->number, (i16)leg->place, (i16)terms->code, (i8)whole(w, papers->channel, t->index),
        (i32)papers->declarations, s->lodged_h, s->arrived_h, w->now, (i16)rounds};
}

static i64 clear_on_paper(World *w, Train *t, Story *s, const BorderTerms *leg, const ClearanceTerms *paper) {
    enum { WORKED = 1, WORKED_BESIDE, LODGED, KEYED_AND_CHECKED, RELEASED };
    f64 late_h = real(w, paper->lodged_h, t->index);
    TELL(s, 3)
    s->arrived_h = s->lodged_h = w->now;
    if (t->early && t->early_place == leg->place) {
        t->early_place = NO_TRAIN;
        s->lodged_h = t->handed_in_h;
        if (t->work.is_alive) {
            t->work.heard_by = s->go_on;
            /* Beside other work the train itself does not wait. */
            if (s != &t->journey) PAUSE(WORKED_BESIDE);
            else WAIT(WORKED, leg->place, RELEASE, FOR_PAPERS, NULL);
        }
    } else {
        if (late_h > 0) {
            s->lodged_h += late_h;
            if (await_release(w, t, s, leg->place, late_h, 0.0)) PAUSE(LODGED);
        }
        THEN(KEYED_AND_CHECKED, key_and_check(w, t, s, leg, paper));
    }
    if (await_release(w, t, s, leg->place, 0.0, real(w, paper->release_h, t->index))) PAUSE(RELEASED);
    record(w, t, s, leg, paper, rounds_of(w, paper, t->index));
    TOLD;
}

/* Wait for a late lodging, if it is late, have what is wrong corrected, then wait for the release. */
static i64 clear_by_tez(World *w, Train *t, Story *s, const BorderTerms *leg, const ClearanceTerms *tez) {
    enum { LODGED = 1, CORRECTED, RELEASED };
    f64 lodged_after_h = real(w, tez->lodged_h, t->index), release_h = real(w, tez->release_h, t->index);
    i64 rounds = rounds_of(w, tez, t->index);
    TELL(s, 3)
    s->arrived_h = w->now;
    s->lodging_h = later(lodged_after_h, 0.0);
    if (rounds > 1) {
        if (await_release(w, t, s, leg->place, s->lodging_h, 0.0)) PAUSE(LODGED);
        s->lodging_h = 0.0;
        for (s->round = 1; s->round < rounds; s->round++) {
            f64 correction_h = in_round(w, tez, t->index, s->round) * real(w, tez->keying_h, t->index);
            serve(w, t, s, leg->declarants, correction_h, leg->place, KEYING, FOR_DECLARANTS);
            PAUSE(CORRECTED);
        }
    }
    if (await_release(w, t, s, leg->place, s->lodging_h, release_h)) PAUSE(RELEASED);
    s->lodged_h = s->arrived_h + lodged_after_h;
    record(w, t, s, leg, tez, rounds > 1 ? rounds : 1);
    TOLD;
}

/* All that customs wants of a train: the declarations released, and the inspection of its risk channel. */
i64 formalities(World *w, Train *t, Story *s, const BorderTerms *leg) {
    enum { CLEARED = 1, CLEARED_BY_TEZ, INSPECTED };
    const CustomsTerms *papers = customs_terms(w->in) + leg->papers;
    const ClearanceTerms *terms = OF(w, clearance, t->clearance);
    TELL(s, 2)
    if (terms && terms->is_tez) {
        THEN(CLEARED_BY_TEZ, clear_by_tez(w, t, s, leg, terms));
    } else if (terms) {
        THEN(CLEARED, clear_on_paper(w, t, s, leg, terms));
    }
    if (whole(w, papers->channel, t->index)) {
        serve(w, t, s, leg->inspectors, real(w, papers->inspection_h, t->index), leg->place, INSPECTION, FOR_INSPECTORS);
        PAUSE(INSPECTED);
    }
    TOLD;
}
