/* Sea crossings: trains turn into lots in a yard, vessels carry them over (model/sea.py). */
#include "world.h"

static i64 may_take(const Vessel *v, i64 handling) { return (v->terms->takes & handling) != 0; }

/* PortSide.call_vessel: the first of the vessels that wait for whom there is cargo. */
static void hear_cargo(World *w, void *vessel, f64 load);

void leave_idle(Side *side, Vessel *v) {
    i64 kept = 0;
    for (i64 k = 0; k < side->waiting_vessels; k++)
        if (side->idle[k] != v) side->idle[kept++] = side->idle[k];
    side->waiting_vessels = kept;
}

void call_vessel(World *w, Side *side) {
    for (i64 k = 0; k < side->waiting_vessels; k++) {
        Vessel *v = side->idle[k];
        for (const Train *t = side->first_lot; t; t = t->lot.next)
            if (may_take(v, t->lot.handling)) {
                leave_idle(side, v);
                succeed(w, hear_cargo, v, (f64)v->loads);
                return;
            }
    }
}

/* Cargo or the deadline, whichever comes first: the condition of both comes true. */
static void hear_cargo(World *w, void *vessel, f64 load) {
    Vessel *v = vessel;
    if ((f64)v->loads != load || v->either != 1) return;
    v->either = 2;
    succeed(w, v->sails.go_on, v, 0);
}

/* PortSide.wait_for_cargo: in turn, by who began to load first. */
void wait_for_cargo(Side *side, Vessel *v) {
    i64 k = side->waiting_vessels++;
    for (; k && side->idle[k - 1]->turn > v->turn; k--) side->idle[k] = side->idle[k - 1];
    side->idle[k] = v;
    v->either = 1;
}

/* PortSide.put */
void put_lot(World *w, Side *side, Train *t) {
    t->lot.waiting = t->lot.units;
    side->units_received += t->lot.units;
    if (side->first_lot) side->last_lot->lot.next = t; else side->first_lot = t;
    side->last_lot = t;
    call_vessel(w, side);
}

static void add_aboard(Vessel *v, Aboard part) {
    if (v->parts == v->size) {
        i64 size = v->size ? 2 * v->size : 16;
        v->aboard = grown(v->aboard, (size_t)v->size * sizeof(Aboard), (size_t)size * sizeof(Aboard));
        v->size = size;
    }
    v->aboard[v->parts++] = part;
}

/* PortSide.take: out of the yard, first come first served; what the vessel may not take is passed by. */
void take_lots(World *w, Side *side, Vessel *v) {
    f64 room = v->room;
    Train *passed_by = NULL;
    for (Train *t = side->first_lot; t && room > 0; t = t->lot.next) {
        Lot *lot = &t->lot;
        if (!may_take(v, lot->handling)) {
            passed_by = t;
            continue;
        }
        f64 units = lot->waiting - room > ROOM_LEFT * lot->units ? room : lot->waiting;
        lot->waiting -= units;
        lot->parts_afloat++;
        room -= units;
        add_aboard(v, (Aboard){t, units, w->now, lot->waiting == 0});
        if (lot->waiting != 0) {
            passed_by = t;
            continue;
        }
        if (passed_by) passed_by->lot.next = lot->next; else side->first_lot = lot->next;
        if (side->last_lot == t) side->last_lot = passed_by;
    }
}

/* Have the cargo of a train cleared by customs and port. */
static i64 clear_in_port(World *w, Train *t, f64 hours, i64 place) {
    enum { CLEARED = 1 };
    TELL(&t->journey, 2)
    if (hours == 0) return 0;
    t->from_h = w->now;
    at(w, w->now + hours, NORMAL, go_on_journey, t, 0);
    PAUSE(CLEARED);
    write_stage(w, t, place, CHECKING, FOR_OFFICERS, t->from_h, t->from_h, w->now, 0);
    TOLD;
}

/* Unload into the yard, wait for vessels to carry all of it over, load a train on the other side. */
i64 cross_sea(World *w, Train *t, const SeaTerms *leg, i64 place) {
    enum { HAS_ROOM = 1, UNLOADED, CLEARED, ASHORE, CLEARED_ASHORE, COUPLED, LOADED };
    const SideTerms *near = side_terms(w->in) + leg->near, *far = side_terms(w->in) + leg->far;
    Room *yard = near->yard < 0 ? NULL : w->rooms + near->yard;
    TELL(&t->journey, 1)
    THEN(HAS_ROOM, stand_until_room(w, t, yard, place, FOR_YARD, leg->units, NULL));
    t->lot = (Lot){.admitted_h = w->now, .units = leg->units, .handling = leg->handling, .arrived_h = NEVER, .berthed_h = NEVER};
    serve_from_stay(w, t, near->tracks, real(w, leg->near_track_h, t->index), place, PORT_TRACK, FOR_PORT_TRACK);
    PAUSE(UNLOADED);
    uncouple(w, t, leg->leaving);
    THEN(CLEARED, clear_in_port(w, t, real(w, leg->near_clearance_h, t->index), place));

    t->lot.is_afloat_or_waiting = 1;
    t->lot.queued_h = w->now;
    t->lot.ashore = (Stay){.room = far->ashore < 0 ? NULL : w->rooms + far->ashore, .place = place, .activity = LANDING};
    begin_wait(w, t, place, LOADING, FOR_VESSEL, crossing_terms(w->in) + leg->crossing);
    put_lot(w, w->sides + leg->near, t);
    PAUSE(ASHORE);
    t->lot.is_afloat_or_waiting = t->wait.is_open = 0;
    t->awaits = NULL;
    t->stay = t->lot.ashore;
    write_stage(w, t, place, LANDING, FOR_BERTH, t->lot.arrived_h, t->lot.berthed_h, w->now, 0);

    THEN(CLEARED_ASHORE, clear_in_port(w, t, real(w, leg->far_clearance_h, t->index), place));
    THEN(COUPLED, couple(w, t, place, leg->taking));
    serve(w, t, &t->journey, far->tracks, real(w, leg->far_track_h, t->index), place, PORT_TRACK, FOR_PORT_TRACK);
    PAUSE(LOADED);
    TOLD;
}
