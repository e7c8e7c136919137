/* Locomotives at a border: they take trains away, and bring in those that were abandoned (model/departure.py). */
#include "world.h"

/* A locomotive's turn, beside the journey of the train that has it: the hour at which it ends. */
static f64 write_turn(World *w, Train *t, i64 place, f64 hours) {
    write_stage(w, t, place, DEPARTURE, FOR_LOCOMOTIVES, w->now, w->now, w->now + hours, 1);
    return w->now + hours;
}

i64 depart(World *w, Train *t, i64 place, const TractionTerms *traction) {
    enum { HAS_LOCOMOTIVE = 1 };
    if (traction->locomotives < 0 || !traction->turn_h.n) return 0;
    Room *locomotives = w->rooms + traction->locomotives;
    TELL(&t->journey, 2)
    if (!ask_room(w, t, locomotives, 1)) WAIT(HAS_LOCOMOTIVE, place, DEPARTURE, FOR_LOCOMOTIVES, locomotives);
    at(w, write_turn(w, t, place, real(w, traction->turn_h, t->index)), NORMAL, release_room, locomotives, 1);
    TOLD;
}

/* Wait for a locomotive where the train was abandoned, and come in with it. */
static i64 restart(World *w, Train *t, i64 place, const TractionTerms *traction) {
    enum { HAS_LOCOMOTIVE = 1, CAME_IN };
    Room *locomotives = traction->locomotives < 0 ? NULL : w->rooms + traction->locomotives;
    f64 restart_h = real(w, traction->restart_h, t->index);
    TELL(&t->journey, 4)
    if (locomotives) {
        if (!ask_room(w, t, locomotives, 1)) WAIT(HAS_LOCOMOTIVE, place, ABANDONMENT, FOR_LOCOMOTIVES, locomotives);
        at(w, write_turn(w, t, place, restart_h), NORMAL, release_room, locomotives, 1);
    }
    if (restart_h > 0) {
        write_stage(w, t, place, ABANDONMENT, FOR_LOCOMOTIVES, w->now, w->now, w->now + restart_h, 0);
        sleep_until(w, t, &t->journey, w->now + restart_h);
        PAUSE(CAME_IN);
    }
    TOLD;
}

/* The patience of who waits before a border is over. */
void hear_patience(World *w, void *train, f64 token) {
    Train *t = train;
    if (token != t->asked || t->either != 1) return;
    t->either = 2;
    succeed(w, go_on_journey, t, 0);
}

/* Wait before a border for what was asked; whoever waits too long is abandoned, and needs a locomotive then. */
i64 wait_before(World *w, Train *t, i64 place, i64 activity, i64 cause, const TractionTerms *traction, Room *room) {
    enum { LET_IN = 1, LET_IN_OR_ABANDONED, LET_IN_AT_LAST, RESTARTED };
    f64 left_h = w->now + traction->abandoned_after_h;
    TELL(&t->journey, 3)
    if (t->had) return 0;
    if (left_h == NEVER) {
        WAIT(LET_IN, place, activity, cause, room);
    } else {
        at(w, left_h, AFTER_TRAINS, hear_patience, t, t->asked);
        t->either = 1;
        WAIT(LET_IN_OR_ABANDONED, place, activity, cause, room);
        t->either = 0;
        if (!t->granted) {
            WAIT(LET_IN_AT_LAST, place, ABANDONMENT, cause, room);
            THEN(RESTARTED, restart(w, t, place, traction));
        }
        t->asked = 0;
    }
    TOLD;
}
