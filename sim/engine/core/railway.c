/* Railway sections and terminals (model/railway.py, terminal.py). */
#include "world.h"

/* Wait for room on the line and for a path, leave the place before, then run to the end of the section. */
i64 run_section(World *w, Train *t, const SectionTerms *leg) {
    enum { HAS_ROOM = 1, ARRIVED };
    Room *room = leg->room < 0 ? NULL : w->rooms + leg->room;
    TELL(&t->journey, 1)
    THEN(HAS_ROOM, stand_until_room(w, t, room, leg->place, FOR_LINE, 1, OF(w, traction, leg->ahead)));
    f64 departed_h = book_path(w, w->paths + leg->paths, w->now);
    f64 arrived_h = departed_h + real(w, leg->running_h, t->index);
    write_stage(w, t, leg->place, RUNNING, FOR_PATH, w->now, departed_h, arrived_h, 0);
    vacate(w, t, departed_h);
    settle(w, t, room, leg->place, RUNNING, departed_h);
    sleep_until(w, t, &t->journey, arrived_h);
    PAUSE(ARRIVED);
    TOLD;
}

/* Load a train onto a wagon set, or unload it and leave the set. */
i64 work_train(World *w, Train *t, const TerminalTerms *leg) {
    enum { COUPLED = 1, WORKED };
    TELL(&t->journey, 1)
    THEN(COUPLED, couple(w, t, leg->place, leg->taking));
    serve_from_stay(w, t, leg->tracks, real(w, leg->work_h, t->index), leg->place, TERMINAL, FOR_TERMINAL_TRACK);
    PAUSE(WORKED);
    uncouple(w, t, leg->leaving);
    TOLD;
}
