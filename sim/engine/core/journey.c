/* Trains are sent on their way, and travel (model/simulate.py, empties.py). */
#include "world.h"

/* The wait for leave to set out: no wagon set is kept for the train meanwhile. */
static void give_up_order(World *w, Train *t) {
    if (t->ahead.is_put) withdraw(w, &t->ahead);
}

/* be_held: until there is leave, or the patience of the shippers ends; after the trains of that hour, who may be let in. */
static i64 be_held(World *w, Train *t, Queue *held) {
    enum { LEAVE = 1, LEAVE_OR_LOST };
    i64 place = leg_terms(w->in)[whole(w, t->plan->legs, 0)].place;
    TELL(&t->journey, 2)
    give_up_order(w, t);
    if (t->offered_h + t->plan->patience_h < NEVER) {
        at(w, t->offered_h + t->plan->patience_h, AFTER_TRAINS, hear_patience, t, t->asked);
        t->either = 1;
        WAIT(LEAVE_OR_LOST, place, HOLDING, FOR_BAN, NULL);
        t->either = 0;
        t->asked = 0;
        if (!t->granted) {
            queue_remove(held, t);
            t->has_given_up = 1;
        }
    } else {
        WAIT(LEAVE, place, HOLDING, FOR_BAN, NULL);
    }
    TOLD;
}

/* Wait at the origin while a ban is in force, and while as many trains are under way as were agreed. */
static i64 be_let_in(World *w, Train *t) {
    enum { BAN_LIFTED = 1, WITHIN_LIMIT };
    const PlanTerms *plan = t->plan;
    TELL(&t->journey, 1)
    for (t->ban = 0; t->ban < plan->bans.n; t->ban++) {
        if (ban_request(w, w->bans + whole(w, plan->bans, t->ban), t)) continue;
        THEN(BAN_LIFTED, be_held(w, t, &w->bans[whole(w, plan->bans, t->ban)].held));
        if (t->has_given_up) break;
    }
    if (plan->limit >= 0 && !t->has_given_up && !ask_room(w, t, w->rooms + plan->limit, 1)) {
        THEN(WITHIN_LIMIT, be_held(w, t, &w->rooms[plan->limit].waiting));
        if (t->has_given_up) w->rooms[plan->limit].wanted -= 1;
    }
    if (plan->ordering >= 0 && !t->has_given_up && !t->ahead.is_put) put_order(w, &t->ahead, t, taking_terms(w->in) + plan->ordering);
    TOLD;
}

static i64 pass(World *w, Train *t, const LegTerms *leg) {
    if (leg->section >= 0) return run_section(w, t, section_terms(w->in) + leg->section);
    if (leg->border >= 0) return cross_border(w, t, border_terms(w->in) + leg->border);
    if (leg->sea >= 0) return cross_sea(w, t, sea_terms(w->in) + leg->sea, leg->place);
    return work_train(w, t, terminal_terms(w->in) + leg->terminal);
}

static void leave_inside(World *w, Train *t) {
    if (t->before) t->before->after = t->after; else w->first_inside = t->after;
    if (t->after) t->after->before = t->before; else w->last_inside = t->before;
}

/* go_another_way: its papers may be worked on still, so that no other train comes into its place. */
static void go_another_way(World *w, Train *t) {
    w->trains_lost++;
    write_loss(w, t);
    write_train(w, t, NO_HOUR);
    leave_inside(w, t);
}

/* A train's journey: held while a ban lasts, then every place of its route in turn. */
static i64 travel(World *w, Train *t) {
    enum { SET_OUT = 1, PASSED };
    TELL(&t->journey, 0)
    THEN(SET_OUT, be_let_in(w, t));
    if (t->has_given_up) {
        go_another_way(w, t);
        return 0;
    }
    t->entered_h = w->now;
    for (t->leg = 0; t->leg < t->plan->legs.n; t->leg++)
        THEN(PASSED, pass(w, t, leg_terms(w->in) + whole(w, t->plan->legs, t->leg)));
    vacate(w, t, w->now);
    if (t->plan->limit >= 0) room_release(w, w->rooms + t->plan->limit, 1);
    hand_over_boxes(w, t);
    w->trains_delivered++;
    write_train(w, t, w->now);
    leave_inside(w, t);
    t->after = w->spare_trains;
    w->spare_trains = t;
    TOLD;
}

void go_on_journey(World *w, void *train, f64 more) {
    (void)more;
    travel(w, train);
}

void begin_journey(World *w, void *train, f64 more) {
    Train *t = train;
    w->trains_created++;
    t->before = w->last_inside;
    if (t->before) t->before->after = t; else w->first_inside = t;
    w->last_inside = t;
    go_on_journey(w, t, more);
}

Train *new_train(World *w, i64 number, const PlanTerms *plan, i64 index, f64 offered_h) {
    Train *t = w->spare_trains ? w->spare_trains : reserve(sizeof(Train));
    if (t == w->spare_trains) w->spare_trains = t->after;
    if (index >= plan->trains_at_most) w->fault = TOO_MANY_TRAINS;
    *t = (Train){.plan = plan, .number = number, .index = index, .rank = ((plan->priority + 2) << 32) + number, .offered_h = offered_h,
        .entered_h = NO_HOUR, .early_place = NO_TRAIN, .journey = {.go_on = go_on_journey}};
    return t;
}

/* The train of a number, which may be there already, for what is done ahead of it. */
static Train *train_by_number(World *w, i64 number) {
    const OfferTerms *offer = offer_terms(w->in) + number;
    if (w->by_number[number]) return w->by_number[number];
    if (number >= w->ahead_until) w->ahead_until = number + 1;
    return w->by_number[number] = new_train(w, number, plan_terms(w->in) + offer->plan, offer->index, offer->hour);
}

static void send_off(World *w, void *who, f64 more);
static void await_offer(World *w) {
    if (w->next_offer == w->in->offer.n) return;
    const OfferTerms *offer = offer_terms(w->in) + w->next_offer;
    at(w, offer->hour, ((plan_terms(w->in)[offer->plan].priority + 2) << 32) + w->next_offer, send_off, NULL, 0);
}

static void send_off(World *w, void *who, f64 more) {
    (void)who;
    i64 is_sent = offer_terms(w->in)[w->next_offer].is_sent;
    Train *t = is_sent ? train_by_number(w, w->next_offer) : NULL;
    w->by_number[w->next_offer++] = NULL;
    if (t) begin_journey(w, t, more);
    await_offer(w);
}

/* hand_in: the papers of trains still to come, in the order of the hours. */
static void await_paper(World *w, void *who, f64 more);
static void next_paper(World *w, void *who, f64 more) {
    const PaperTerms *paper = paper_terms(w->in) + w->next_paper++;
    if (offer_terms(w->in)[paper->number].is_sent) {
        Train *t = train_by_number(w, paper->number);
        t->early = clearance_terms(w->in) + paper->clearance;
        hand_in_now(w, t, more);
    }
    await_paper(w, who, more);
}
static void await_paper(World *w, void *who, f64 more) {
    if (w->next_paper < w->in->paper.n) at(w, later(paper_terms(w->in)[w->next_paper].hour, w->now), NORMAL, next_paper, who, more);
}

/* order_ahead: the wagon sets of trains still to come; one that has set out orders for itself. */
static void await_order(World *w, void *who, f64 more);
static void next_order(World *w, void *who, f64 more) {
    i64 number = order_terms(w->in)[w->next_order++].number;
    i64 is_to_come = number >= w->next_offer && offer_terms(w->in)[number].is_sent;
    Train *t = is_to_come ? train_by_number(w, number) : NULL;
    if (t) put_order(w, &t->ahead, t, taking_terms(w->in) + t->plan->ordering);
    await_order(w, who, more);
}
static void await_order(World *w, void *who, f64 more) {
    if (w->next_order == w->in->order.n) return;
    const OrderTerms *order = order_terms(w->in) + w->next_order;
    i64 priority = plan_terms(w->in)[offer_terms(w->in)[order->number].plan].priority;
    at(w, later(order->hour, w->now), ((priority + 2) << 32) + order->number, next_order, who, more);
}

/* dispatch */
void begin_dispatch(World *w, void *who, f64 more) {
    (void)more;
    w->next_number = w->in->offer.n;
    now_urgent(w, await_paper, who);
    now_urgent(w, await_order, who);
    await_offer(w);
}

static void await_own_paper(World *w, void *train, f64 more) { at(w, w->now, NORMAL, hand_in_now, train, more); }

/* A train of empties, in its turn among the trains of this hour; its papers are handed in now. */
void dispatch_empties(World *w, const PlanTerms *plan, Depot *depot, i64 index) {
    Train *t = new_train(w, w->next_number++, plan, index, w->now);
    if (w->fault) return;
    depot->away += plan->teu;
    i64 clearance = plan->office < 0 ? -1 : early_paper(w, t, border_terms(w->in) + plan->office);
    t->early = OF(w, clearance, clearance);
    if (t->early) now_urgent(w, await_own_paper, t);
    at(w, w->now, t->rank, begin_journey, t, 0);
}

/* Depot.take_empty: lay empty boxes to the others, and fill as many trains as they do. */
static void take_empty(World *w, void *who, f64 teu) {
    Depot *depot = who;
    f64 teu_a_train = depot->terms->teu_a_train;
    depot->turning -= teu;
    depot->empty += teu;
    while (depot->empty - (f64)depot->trains_filled * teu_a_train >= teu_a_train * (1 - HAIR) && !w->fault) {
        depot->trains_filled++;
        for (i64 k = 0; k < depot->terms->plans.n; k++)
            dispatch_empties(w, plan_terms(w->in) + whole(w, depot->terms->plans, k), depot, depot->trains_filled - 1);
    }
}

/* BoxesBack.hand_over: the depot's share of the boxes of a train that is delivered. */
void hand_over_boxes(World *w, Train *t) {
    for (i64 k = 0; k < t->plan->back.n; k++) {
        const BoxesTerms *boxes = boxes_terms(w->in) + whole(w, t->plan->back, k);
        Depot *depot = w->depots + boxes->depot;
        f64 teu = step_at(w, boxes->share, w->now) * t->plan->teu;
        if (!(teu > 0)) continue;
        depot->boxes += teu;
        depot->turning += teu;
        at(w, w->now + real(w, boxes->turn_h, t->index), NORMAL, take_empty, depot, teu);
    }
}
