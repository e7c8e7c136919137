/* Waits, services and places held: the words that every story of a train is told in (model/world.py, standing.py). */
#include "world.h"

/* How a queue knows the train; what it asks for gets a token, so that a grant that is moot by then is not heard. */
Waiter waiter_of(World *w, Train *t, f64 units) {
    t->asked = ++w->token;
    t->granted = t->either = 0;
    return (Waiter){t->plan->priority, t->offered_h, t->number, units, hear_grant, t, t->asked, &t->granted};
}

i64 ask_room(World *w, Train *t, Room *r, f64 units) { return t->had = room_request(w, r, waiter_of(w, t, units)); }

/* The grant has come: the train goes on, or, where it waits for grant or patience, the condition of both comes true. */
void hear_grant(World *w, void *train, f64 token) {
    Train *t = train;
    if (token != t->asked || t->either == 2) return;
    if (t->either == 0) {
        t->asked = 0;
        go_on_journey(w, t, 0);
    } else {
        t->either = 2;
        succeed(w, go_on_journey, t, 0);
    }
}

void begin_wait(World *w, Train *t, i64 place, i64 activity, i64 cause, const void *awaits) {
    t->wait = (OpenWait){1, activity, cause, place, w->now};
    t->awaits = awaits;
}

/* A grant of the same moment is no wait. */
void end_wait(World *w, Train *t) {
    const OpenWait wait = t->wait;
    t->wait.is_open = 0;
    t->awaits = NULL;
    if (w->now > wait.queued_h) write_stage(w, t, wait.place, wait.activity, wait.cause, wait.queued_h, w->now, w->now, 0);
}

f64 book_desk(World *w, Train *t, i64 desk, f64 service_h, i64 place, i64 activity, i64 cause, i64 beside, f64 *started_h) {
    f64 ended_h = book_desk_from(w, w->desks + desk, w->now, service_h, started_h);
    write_stage(w, t, place, activity, cause, w->now, *started_h, ended_h, beside);
    return ended_h;
}

void sleep_until(World *w, Train *t, Story *s, f64 hour) { at(w, hour, t->rank, s->go_on, t, 0); }

/* Be served at a booked desk: one row, one sleep. What is not the journey itself is done beside it. */
void serve(World *w, Train *t, Story *s, i64 desk, f64 service_h, i64 place, i64 activity, i64 cause) {
    f64 started_h;
    sleep_until(w, t, s, book_desk(w, t, desk, service_h, place, activity, cause, s != &t->journey, &started_h));
}

/* The place before is left when the service begins. */
void serve_from_stay(World *w, Train *t, i64 desk, f64 service_h, i64 place, i64 activity, i64 cause) {
    f64 started_h, ended_h = book_desk(w, t, desk, service_h, place, activity, cause, 0, &started_h);
    vacate(w, t, started_h);
    sleep_until(w, t, &t->journey, ended_h);
}

void add_part(World *w, Stay *stay, f64 units, f64 taken_h) {
    Part *part = w->spare_parts ? w->spare_parts : reserve(sizeof(Part));
    if (part == w->spare_parts) w->spare_parts = part->next;
    *part = (Part){units, taken_h, NULL};
    if (stay->first) stay->last->next = part; else stay->first = part;
    stay->last = part;
}

void settle(World *w, Train *t, Room *room, i64 place, i64 activity, f64 taken_h) {
    t->stay = (Stay){.room = room, .place = place, .activity = activity};
    if (room) add_part(w, &t->stay, 1, taken_h);
}

/* Leave the place held, at an hour that may lie ahead: until then the train stands where it is. */
void vacate(World *w, Train *t, f64 hour) {
    Stay stay = t->stay;
    Sum units = {0, 0};
    if (!stay.room) return;
    t->stay = (Stay){0};
    for (Part *part = stay.first; part; part = part->next) {
        add(w, &units, part->units);
        write_stay(w, stay.place, stay.activity, t, part->units, part->taken_h, hour);
    }
    if (stay.first) {
        stay.last->next = w->spare_parts;
        w->spare_parts = stay.first;
    }
    if (hour > w->now) at(w, hour, NORMAL, release_room, stay.room, total(units));
    else room_release(w, stay.room, total(units));
}

/* Ask for room ahead; while there is none, stand where the train is. Before a border's line it may be abandoned there. */
i64 stand_until_room(World *w, Train *t, Room *room, i64 place, i64 cause, f64 units, const TractionTerms *traction) {
    enum { HAD = 1, ABANDONED };
    i64 stands_at = t->stay.room ? t->stay.place : place;
    TELL(&t->journey, 2)
    if (!room) return 0;
    ask_room(w, t, room, units);
    if (traction) {
        THEN(ABANDONED, wait_before(w, t, stands_at, STANDING, cause, traction, room));
    } else if (!t->had) {
        WAIT(HAD, stands_at, STANDING, cause, room);
    }
    TOLD;
}
