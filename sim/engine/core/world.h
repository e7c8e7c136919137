/* The world of a run: what every story can reach. Each noun has the name of its room in sim/model, and so have the files.
 *
 * What is laid down once is in records of terms (terms.h); here is what changes while the clock runs. */
#include <stddef.h>
#include <stdint.h>

typedef int32_t i32;
typedef int64_t i64;
typedef int16_t i16;
typedef int8_t i8;
typedef double f64;
#include "terms.h"

#ifdef __wasm__
#define EXPORT(name) __attribute__((export_name(#name)))
#else
#define EXPORT(name)
#endif

#define NEVER __builtin_inf()
#define NO_HOUR __builtin_nan("")
#define HAIR 1e-9
#define ROOM_LEFT 1e-9
#define INSTANT_H 1e-6
#define WATCH_EVERY_H 720.0
#define NO_TRAIN (-1)
#define NO_CAUSE (-1)

typedef struct World World;
typedef struct Train Train;
typedef struct Vessel Vessel;

/* clock: of events at one hour the lower rank comes first, and then the one that was put there first */
enum { URGENT = 0, NORMAL = 1 };
#define AFTER_TRAINS INT64_MAX
#define LAST_TRAINS (INT64_MAX - 1)
typedef void Act(World *w, void *who, f64 more);
typedef struct { f64 hour; i64 rank; i64 order; Act *act; void *who; f64 more; } Event;
enum { PILES_A_TRAIN = 8, PILES_AT_LEAST = 1024, PILES_IN_RING = 1 << 13 };
typedef struct Piled { Event event; struct Piled *next; } Piled;

/* queues: who waits, in the order of priority and then of turn; `granted` is set as soon as the place is theirs */
typedef struct { i64 priority; f64 turn_h; i64 number; f64 units; Act *act; void *who; f64 token; i64 *granted; } Waiter;
typedef struct { i64 n, size; Waiter *heap; } Queue;

typedef struct { const RoomTerms *terms; f64 capacity, held, wanted; i64 date; Queue waiting; } Room;
typedef struct { const DeskTerms *terms; f64 *free_h, *leaving_h; i64 places, leaving, change; } Desk;
typedef struct { const PathsTerms *terms; i64 step; f64 next_h; } Paths;
typedef struct { const BanTerms *terms; i64 called, in_force; f64 let_in_h, timer; Queue held; } Ban;
typedef struct { const DepotTerms *terms; f64 boxes, turning, empty, away; i64 trains_filled; } Depot;

/* wagons */
typedef struct { i32 train; f64 taken_h, released_h, repair_h; } EmptySet;
typedef struct { Queue waiting; i64 called, gathered; EmptySet *group; } SetPlace;
typedef struct { const PoolTerms *terms; SetPlace *places; i64 idle, total, promised, running_empty, surplus, date; } Pool;
typedef struct { Pool *pool; f64 taken_h; } Trip;
typedef struct { Train *train; Pool *pool; i64 granted; i32 at; i8 is_put, is_awaited; f64 kept_h, token; } Order;

/* A story goes on where it stopped: line[depth] is where it waits, 0 its beginning; a story within it is one deeper.
 * TELL(depth) begins a story that may wait. PAUSE(here) waits: the story goes on there. THEN(here, story) tells a story
 * within it to its end. TOLD ends it. A story returns 1 while it waits, 0 when it is told. */
enum { DEPTH = 5 };
typedef struct { Act *go_on, *heard_by; i64 is_alive; f64 arrived_h, lodged_h, lodging_h; i16 round; i8 line[DEPTH]; } Story;
#define TELL(story, depth) i8 *line_ = &(story)->line[depth]; switch (*line_) { case 0:;
#define PAUSE(here) do { *line_ = (here); return 1; case (here):; } while (0)
#define THEN(here, within) do { *line_ = (here); case (here): if (within) return 1; } while (0)
#define TOLD } *line_ = 0; return 0

/* trains */
typedef struct Part { f64 units, taken_h; struct Part *next; } Part;
typedef struct { Room *room; Part *first, *last; i16 place; i8 activity; } Stay;
typedef struct { i8 is_open, activity, cause; i16 place; f64 queued_h; } OpenWait;
typedef struct { i8 is_afloat_or_waiting; i32 parts_afloat; i64 handling; f64 units, admitted_h, queued_h, waiting, arrived_h, berthed_h; Stay ashore; Train *next; } Lot;
enum { TRIPS_AT_MOST = 4 };
/* What most events touch comes first: thousands of trains under way do not fit into the nearest cache. */
struct Train {
    const PlanTerms *plan;
    i64 number, index, rank;
    Story journey;
    f64 asked;                  /* the token of what it asks for, `granted` whether it is its own */
    i64 granted;
    i8 either;                  /* grant or patience, whichever comes first; 1 none came, 2 one came */
    i8 had, will_move, trips, has_given_up;
    i32 leg, ban;
    Stay stay;
    OpenWait wait;
    const void *awaits;
    f64 offered_h, entered_h, from_h;
    Train *before, *after;      /* among those inside, in the order in which they came; of spare ones `after` is the next */
    Story beside, work;
    i64 clearance;
    const ClearanceTerms *early; /* papers handed in early: under which regime, where, since when */
    i64 early_place;
    f64 handed_in_h;
    Trip trip[TRIPS_AT_MOST];
    Order ahead, at_hand;
    Lot lot;
};

/* sea */
typedef struct { Train *train; f64 units, taken_h; i64 is_last; } Aboard;
typedef struct { const SideTerms *terms; Train *first_lot, *last_lot; Vessel **idle; i64 waiting_vessels, turns, calls; f64 units_received, units_landed; } Side;
struct Vessel {
    const VesselTerms *terms;
    Story sails, stows;
    Side *port, *next_port;
    Aboard *aboard;
    i64 parts, size, call, voyages, turn, loads, either, deadline_passed, awaits_deadline;
    i8 will_move;
    f64 berthed_h, worked_h, unstowed, room, usable;
    Room *berth;
    const void *awaits;
};

typedef struct { i64 n, size; char *rows; } Rows;
struct World {
    const Block *in;
    const f64 *reals;
    const i64 *wholes;
    f64 now, token, opening_h, closing_h, piles_an_hour;
    i64 fault, events, size, orders;
    Event *heap;                /* of the pile at hand */
    i64 pile, pile_count;       /* the one at hand, and how many there are, from the opening on; those of a ring have one place */
    Piled **piles, *spare_piled;
    Room *rooms; Desk *desks; Paths *paths; Pool *pools; Ban *bans; Depot *depots; Side *sides; Vessel *vessels;
    Rows tables[TABLES];
    Train **by_number;          /* those for which something is done before they are offered */
    i64 next_offer, next_paper, next_order, next_number, ahead_until, trains_created, trains_delivered, trains_lost;
    Train *first_inside, *last_inside, *spare_trains;
    Part *spare_parts;
    i64 *owners;
};

static inline f64 later(f64 one, f64 other) { return other > one ? other : one; }
static inline f64 real(const World *w, Span column, i64 k) { return w->reals[column.at + k]; }
static inline i64 whole(const World *w, Span column, i64 k) { return w->wholes[column.at + k]; }
#define OF(w, noun, number) ((number) < 0 ? NULL : noun##_terms((w)->in) + (number))

/* memory */
void *reserve(size_t bytes);
void *reserve_zeros(size_t bytes);
void *grown(void *old, size_t old_bytes, size_t bytes);
void copy(void *to, const void *from, size_t bytes);

/* clock, queue, ledger, steps */
void at(World *w, f64 hour, i64 rank, Act *act, void *who, f64 more);
void now_urgent(World *w, Act *act, void *who);
void succeed(World *w, Act *act, void *who, f64 more);
void queue_push(Queue *q, Waiter waiter);
void queue_grant(World *w, Queue *q);
void queue_remove(Queue *q, const void *who);
void *new_row(World *w, i64 table);
void write_stage(World *w, const Train *t, i64 place, i64 activity, i64 cause, f64 queued_h, f64 started_h, f64 ended_h, i64 beside);
void write_train(World *w, const Train *t, f64 left_h);
void write_loss(World *w, const Train *t);
void write_stay(World *w, i64 place, i64 activity, const Train *t, f64 units, f64 taken_h, f64 released_h);
void write_set(World *w, const Pool *p, i64 train, f64 taken_h, f64 released_h, f64 home_h);
i64 bisect(const f64 *hours, i64 n, f64 hour);
f64 step_at(const World *w, Steps steps, f64 hour);
f64 fair_from(const World *w, const ClosuresTerms *closures, f64 hour);
typedef struct { f64 sum, care; } Sum;
void add(const World *w, Sum *sum, f64 value);
f64 total(Sum sum);

/* resources */
f64 book_desk_from(World *w, Desk *d, f64 now_h, f64 service_h, f64 *started_h);
f64 book_path(World *w, Paths *p, f64 now_h);
i64 room_request(World *w, Room *r, Waiter waiter);
void room_release(World *w, Room *r, f64 units);
void release_room(World *w, void *room, f64 units);
i64 room_will_grow(const World *w, const Room *r);
i64 run_clock(World *w, f64 until_h);
void begin_room(World *w, void *room, f64 more);
void look(World *w, Ban *b);
i64 ban_request(World *w, Ban *b, Train *t);
void hear_patience(World *w, void *train, f64 token);
void begin_pool(World *w, void *pool, f64 more);
i64 pool_will_grow(const World *w, const Pool *p);
i64 sets_standing(const Pool *p);
void pool_release(World *w, Pool *p, i64 place, i32 train, f64 taken_h, f64 run_h, f64 repair_h);
void put_order(World *w, Order *o, Train *t, const TakingTerms *taking);
f64 kept_since_h(const World *w, const Order *o);
void withdraw(World *w, Order *o);

/* what trains do: a word of the story each, see sim/model/world.py, standing.py, coupling.py, departure.py */
Waiter waiter_of(World *w, Train *t, f64 units);
i64 ask_room(World *w, Train *t, Room *r, f64 units);
void begin_wait(World *w, Train *t, i64 place, i64 activity, i64 cause, const void *awaits);
void end_wait(World *w, Train *t);
#define WAIT(here, place, activity, cause, awaits) do { begin_wait(w, t, place, activity, cause, awaits); PAUSE(here); end_wait(w, t); } while (0)
void go_on_journey(World *w, void *train, f64 more);
void hear_grant(World *w, void *train, f64 token);
f64 book_desk(World *w, Train *t, i64 desk, f64 service_h, i64 place, i64 activity, i64 cause, i64 beside, f64 *started_h);
void serve(World *w, Train *t, Story *s, i64 desk, f64 service_h, i64 place, i64 activity, i64 cause);
void serve_from_stay(World *w, Train *t, i64 desk, f64 service_h, i64 place, i64 activity, i64 cause);
void sleep_until(World *w, Train *t, Story *s, f64 hour);
void add_part(World *w, Stay *stay, f64 units, f64 taken_h);
void settle(World *w, Train *t, Room *room, i64 place, i64 activity, f64 taken_h);
void vacate(World *w, Train *t, f64 hour);
i64 stand_until_room(World *w, Train *t, Room *room, i64 place, i64 cause, f64 units, const TractionTerms *traction);
i64 wait_before(World *w, Train *t, i64 place, i64 activity, i64 cause, const TractionTerms *traction, Room *room);
i64 depart(World *w, Train *t, i64 place, const TractionTerms *traction);
i64 couple(World *w, Train *t, i64 place, i64 taking);
void uncouple(World *w, Train *t, i64 leaving);

/* stories */
void end_process(World *w, Train *t, Story *s);
i64 formalities(World *w, Train *t, Story *s, const BorderTerms *leg);
i64 early_paper(const World *w, const Train *t, const BorderTerms *office);
i64 clearance_at(const World *w, const CustomsTerms *papers, f64 hour, i64 index);
void hand_in_now(World *w, void *train, f64 more);
i64 run_section(World *w, Train *t, const SectionTerms *leg);
i64 cross_border(World *w, Train *t, const BorderTerms *leg);
i64 cross_sea(World *w, Train *t, const SeaTerms *leg, i64 place);
i64 work_train(World *w, Train *t, const TerminalTerms *leg);
void put_lot(World *w, Side *side, Train *t);
void call_vessel(World *w, Side *side);
void take_lots(World *w, Side *side, Vessel *v);
void wait_for_cargo(Side *side, Vessel *v);
void leave_idle(Side *side, Vessel *v);
void begin_vessel(World *w, void *vessel, f64 more);
f64 vessel_load(const World *w, const Vessel *v);
void begin_journey(World *w, void *train, f64 more);
void hand_over_boxes(World *w, Train *t);
Train *new_train(World *w, i64 number, const PlanTerms *plan, i64 index, f64 offered_h);
void dispatch_empties(World *w, const PlanTerms *plan, Depot *depot, i64 index);
void begin_dispatch(World *w, void *who, f64 more);
i64 in_deadlock(World *w);
i64 accounts_close(const World *w);
