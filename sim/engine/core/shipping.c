/* A vessel's story: berth, unload, load until it has enough or no patience, wait for the weather, sail (model/shipping.py). */
#include "world.h"

static const f64 *hours_at(const World *w, const Vessel *v, Span home, Span away) {
    Span hours = v->port == w->sides + v->terms->home ? home : away;
    return w->reals + hours.at + v->voyages % hours.n;
}

static i64 place_of(const World *w, const Vessel *v) { return crossing_terms(w->in)[v->terms->crossing].place; }

static const ClosuresTerms *weather_of(const World *w, const Vessel *v) {
    return closures_terms(w->in) + crossing_terms(w->in)[v->terms->crossing].weather;
}

f64 vessel_load(const World *w, const Vessel *v) {
    Sum units = {0, 0};
    for (i64 k = 0; k < v->parts; k++) add(w, &units, v->aboard[k].units);
    return total(units);
}

/* Have a crane move cargo as soon as one is free; the hour at which it has. */
static f64 work(World *w, Vessel *v, f64 hours_a_unit, f64 units) {
    f64 work_h = units * hours_a_unit, started_h;
    f64 ended_h = book_desk_from(w, w->desks + v->port->terms->cranes, w->now, work_h, &started_h);
    v->worked_h += work_h;
    return ended_h;
}

static void go_on_stowing(World *w, void *vessel, f64 more);

/* Load what was taken, and what is taken meanwhile after it. */
static i64 stow(World *w, Vessel *v) {
    enum { STOWED = 1 };
    TELL(&v->stows, 0)
    while (v->unstowed > 0) {
        f64 units = v->unstowed;
        v->unstowed = 0;
        at(w, work(w, v, *hours_at(w, v, v->terms->loading_home_h, v->terms->loading_away_h), units), NORMAL, go_on_stowing, v, 0);
        PAUSE(STOWED);
    }
    TOLD;
}

static void go_on_stowing(World *w, void *vessel, f64 more) {
    Vessel *v = vessel;
    (void)more;
    if (stow(w, v)) return;
    v->stows.is_alive = 0;
    if (v->stows.heard_by) succeed(w, v->stows.heard_by, v, 0);
    v->stows.heard_by = NULL;
}

/* The end of the patience, or the hour of the timetable. */
static void hear_deadline(World *w, void *vessel, f64 load) {
    Vessel *v = vessel;
    if ((f64)v->loads != load) return;
    v->deadline_passed = 1;
    if (v->awaits_deadline) {
        v->awaits_deadline = 0;
        v->sails.go_on(w, v, 0);
    } else if (v->either == 1) {
        v->either = 2;
        succeed(w, v->sails.go_on, v, 0);
    }
}

/* Vessel.leaves_h */
static f64 leaves_h(const Vessel *v, f64 now_h) {
    f64 every_h = v->terms->departs_every_h, hour = now_h + v->terms->patience_h;
    if (every_h == every_h) hour = later(now_h, (__builtin_ceil(now_h / every_h - HAIR) + 0.0) * every_h);
    f64 retires_h = later(now_h, v->terms->retires_h);
    return retires_h < hour ? retires_h : hour;
}

/* Bring ashore what is aboard, once there is room for it; a lot whose last part lands sets its train free. */
static i64 unload_vessel(World *w, Vessel *v) {
    enum { HAS_ROOM = 1, UNLOADED };
    Room *ashore = v->port->terms->ashore < 0 ? NULL : w->rooms + v->port->terms->ashore;
    TELL(&v->sails, 1)
    v->worked_h = 0;
    if (!v->parts) return 0;
    if (ashore && !room_request(w, ashore, (Waiter){0, (f64)v->call, 0, vessel_load(w, v), v->sails.go_on, v, 0, &v->sails.is_alive})) {
        v->awaits = ashore;
        PAUSE(HAS_ROOM);
        v->awaits = NULL;
    }
    for (i64 k = 0; k < v->parts; k++) {
        Aboard *part = v->aboard + k;
        if (part->is_last) part->train->lot.berthed_h = v->berthed_h;
        if (part->train->lot.ashore.room) add_part(w, &part->train->lot.ashore, part->units, w->now);
    }
    f64 hours_a_unit = *hours_at(w, v, v->terms->unloading_home_h, v->terms->unloading_away_h);
    at(w, work(w, v, hours_a_unit, vessel_load(w, v)), NORMAL, v->sails.go_on, v, 0);
    PAUSE(UNLOADED);
    for (i64 k = 0; k < v->parts; k++) {
        Lot *lot = &v->aboard[k].train->lot;
        lot->parts_afloat--;
        v->port->units_landed += v->aboard[k].units;
        if (lot->waiting == 0 && lot->parts_afloat == 0) succeed(w, go_on_journey, v->aboard[k].train, 0);
    }
    v->parts = 0;
    TOLD;
}

/* Give back the room in the yard of what the vessel took. */
static void clear_yard(World *w, Vessel *v, i64 first) {
    if (v->port->terms->yard < 0) return;
    for (i64 k = first; k < v->parts; k++) {
        const Aboard *part = v->aboard + k;
        write_stay(w, place_of(w, v), LOADING, part->train, part->units, part->train->lot.admitted_h, w->now);
        room_release(w, w->rooms + v->port->terms->yard, part->units);
    }
}

/* Take what lies in the yard, and have it stowed; whether the vessel has enough then. */
static i64 take_aboard(World *w, Vessel *v) {
    i64 first = v->parts;
    Sum taken = {0, 0};
    take_lots(w, v->port, v);
    for (i64 k = first; k < v->parts; k++) add(w, &taken, v->aboard[k].units);
    v->room -= total(taken);
    if (v->parts > first) {
        clear_yard(w, v, first);
        v->unstowed += total(taken);
        if (!v->stows.is_alive) {
            v->stows = (Story){.go_on = go_on_stowing, .is_alive = 1};
            now_urgent(w, go_on_stowing, v);
        }
        call_vessel(w, v->port);
    }
    return v->room - ROOM_LEFT * v->terms->capacity <= v->usable * (1 - v->terms->least_load_share);
}

/* Load until enough is aboard or until the patience ends, or by the timetable. */
static i64 load_vessel(World *w, Vessel *v) {
    enum { DEADLINE = 1, CARGO_OR_DEADLINE, STOWED };
    int keeps_timetable = v->terms->departs_every_h == v->terms->departs_every_h;
    TELL(&v->sails, 1)
    if (!(v->port->terms->ships & v->terms->takes) && !keeps_timetable) return 0;
    f64 hour = leaves_h(v, w->now);
    v->loads++;
    v->deadline_passed = 0;
    at(w, hour, hour == v->terms->retires_h ? NORMAL : AFTER_TRAINS, hear_deadline, v, (f64)v->loads);
    v->turn = ++v->port->turns;
    v->usable = v->room = v->terms->capacity * step_at(w, v->terms->load_factor, w->now);
    for (;;) {
        int has_enough = take_aboard(w, v) != 0;
        if (v->deadline_passed || (has_enough && !keeps_timetable)) break;
        if (v->room - ROOM_LEFT * v->terms->capacity <= 0) {
            v->awaits_deadline = 1;
            PAUSE(DEADLINE);
            break;
        }
        wait_for_cargo(v->port, v);
        PAUSE(CARGO_OR_DEADLINE);
        v->either = 0;
        leave_idle(v->port, v);
    }
    if (v->stows.is_alive) {
        v->stows.heard_by = v->sails.go_on;
        PAUSE(STOWED);
    }
    TOLD;
}

/* Lie off the port while it is closed, and write that down for the trains aboard: whether it has to. */
static i64 wait_for_weather(World *w, Vessel *v) {
    f64 fair_h = fair_from(w, weather_of(w, v), w->now);
    if (fair_h <= w->now) return 0;
    for (i64 k = 0; k < v->parts; k++) {
        Train *t = v->aboard[k].train;
        if (!v->aboard[k].is_last) continue;
        write_stage(w, t, place_of(w, v), LANDING, FOR_WEATHER, w->now, fair_h, fair_h, 0);
        t->lot.arrived_h = fair_h;
        t->wait = (OpenWait){1, LANDING, FOR_BERTH, place_of(w, v), fair_h};
    }
    at(w, fair_h, NORMAL, v->sails.go_on, v, 0);
    return 1;
}

/* Sail when the weather lets; the hour of arrival. */
static f64 embark(World *w, Vessel *v) {
    i64 place = place_of(w, v);
    f64 sailed_h = fair_from(w, weather_of(w, v), w->now);
    f64 arrived_h = sailed_h + real(w, v->terms->sailing_h, v->voyages % v->terms->sailing_h.n);
    v->voyages++;
    VoyagesRow *row = new_row(w, VOYAGES);
    *row = (VoyagesRow){(i16)place, (i16)v->terms->code, (i8)v->port->terms->direction, v->berthed_h, w->now, sailed_h, arrived_h,
        vessel_load(w, v), v->terms->capacity, v->worked_h};
    for (i64 k = 0; k < v->parts; k++) {
        Train *t = v->aboard[k].train;
        if (!v->aboard[k].is_last) continue;
        t->lot.arrived_h = arrived_h;
        write_stage(w, t, place, LOADING, FOR_VESSEL, t->lot.queued_h, v->aboard[k].taken_h, w->now, 0);
        write_stage(w, t, place, SAILING, FOR_WEATHER, w->now, sailed_h, arrived_h, 0);
        t->wait = (OpenWait){1, LANDING, FOR_BERTH, place, arrived_h};
    }
    return arrived_h;
}

static i64 shuttle(World *w, Vessel *v) {
    enum { ENTERED = 1, FAIR, BERTHED, UNLOADED, LOADED, ARRIVED };
    TELL(&v->sails, 0)
    v->port = w->sides + v->terms->home;
    v->next_port = w->sides + v->terms->away;
    at(w, later(v->terms->enters_h, w->now), NORMAL, v->sails.go_on, v, 0);
    PAUSE(ENTERED);
    for (;;) {
        if (wait_for_weather(w, v)) PAUSE(FAIR);
        v->call = ++v->port->calls;
        v->berth = NULL;
        Room *berths = w->rooms + v->port->terms->berths;
        if (!room_request(w, berths, (Waiter){0, (f64)v->call, 0, 1, v->sails.go_on, v, 0, &v->sails.is_alive})) {
            v->awaits = berths;
            PAUSE(BERTHED);
            v->awaits = NULL;
        }
        v->berth = w->rooms + v->port->terms->berths;
        v->berthed_h = w->now;
        THEN(UNLOADED, unload_vessel(w, v));
        if (w->now < v->terms->retires_h) THEN(LOADED, load_vessel(w, v));
        room_release(w, v->berth, 1);
        v->berth = NULL;
        if (w->now >= v->terms->retires_h && !v->parts) break;
        at(w, embark(w, v), NORMAL, v->sails.go_on, v, 0);
        PAUSE(ARRIVED);
        Side *left = v->port;
        v->port = v->next_port;
        v->next_port = left;
    }
    TOLD;
}

static void go_on_sailing(World *w, void *vessel, f64 more) {
    (void)more;
    shuttle(w, vessel);
}

void begin_vessel(World *w, void *vessel, f64 more) {
    Vessel *v = vessel;
    v->sails = (Story){.go_on = go_on_sailing, .is_alive = 1};
    go_on_sailing(w, v, more);
}
