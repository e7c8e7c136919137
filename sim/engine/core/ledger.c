/* Rows of the ledger, in the order of writing; Python takes them while the clock stands. */
#include "world.h"

static const i64 ROW_BYTES[TABLES] = {
    [TRAINS] = sizeof(TrainsRow), [STAGES] = sizeof(StagesRow), [DECLARATIONS] = sizeof(DeclarationsRow),
    [VOYAGES] = sizeof(VoyagesRow), [STAYS] = sizeof(StaysRow), [WAGON_SETS] = sizeof(WagonSetsRow),
    [LOSSES] = sizeof(LossesRow),
};

void *new_row(World *w, i64 table) {
    Rows *rows = w->tables + table;
    if (rows->n == rows->size) {
        i64 size = rows->size ? 2 * rows->size : 8192;
        rows->rows = grown(rows->rows, (size_t)(rows->size * ROW_BYTES[table]), (size_t)(size * ROW_BYTES[table]));
        rows->size = size;
    }
    return rows->rows + rows->n++ * ROW_BYTES[table];
}

void write_stage(World *w, const Train *t, i64 place, i64 activity, i64 cause, f64 queued_h, f64 started_h, f64 ended_h, i64 beside) {
    StagesRow *row = new_row(w, STAGES);
    *row = (StagesRow){(i32)t->number, (i16)place, (i8)activity, (i8)cause, queued_h, started_h, ended_h, (i8)beside};
}

void write_train(World *w, const Train *t, f64 left_h) {
    const PlanTerms *plan = t->plan;
    TrainsRow *row = new_row(w, TRAINS);
    *row = (TrainsRow){(i32)t->number, (i16)plan->code, t->offered_h, t->entered_h, left_h, plan->net_t, plan->teu, plan->wagons};
}

void write_loss(World *w, const Train *t) {
    LossesRow *row = new_row(w, LOSSES);
    *row = (LossesRow){(i32)t->number, (i16)t->plan->code, w->now};
}

void write_stay(World *w, i64 place, i64 activity, const Train *t, f64 units, f64 taken_h, f64 released_h) {
    StaysRow *row = new_row(w, STAYS);
    *row = (StaysRow){(i16)place, (i8)activity, (i32)t->number, units, taken_h, released_h};
}

void write_set(World *w, const Pool *p, i64 train, f64 taken_h, f64 released_h, f64 home_h) {
    WagonSetsRow *row = new_row(w, WAGON_SETS);
    *row = (WagonSetsRow){(i16)p->terms->code, (i32)train, taken_h, released_h, home_h};
}
