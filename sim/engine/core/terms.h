/* Written from sim/engine/terms.py by make core: change that. */
typedef struct { i64 at, n; } Span;
typedef struct { Span from_h, values; } Steps;
typedef struct { Span first, counts; } Rounds;
typedef struct { f64 opening_h; f64 closing_h; i64 sums_with_care; } RunTerms;
typedef struct { Span opens_h; Span closes_h; } SpellsTerms;
typedef struct { Span closed_h; Span opened_h; } ClosuresTerms;
typedef struct { Steps steps; Span bans; } RoomTerms;
typedef struct { i64 places; i64 places_at_most; Span change_h; Span rise; i64 hours; i64 finish; } DeskTerms;
typedef struct { Span paths_per_h; Span headway_h; Span until_h; } PathsTerms;
typedef struct { i64 code; i64 home; i64 places; Span run_out_h; i64 group_sets; Steps steps; } PoolTerms;
typedef struct { Span rooms; f64 begins_at_share; f64 lifts_at_share; f64 lead_h; f64 quota_gap_h; f64 catch_up_gap_h; } BanTerms;
typedef struct { f64 teu_a_train; Span plans; } DepotTerms;
typedef struct { i64 place; i64 weather; } CrossingTerms;
typedef struct { i64 crossing; i64 direction; i64 ships; i64 berths; i64 cranes; i64 tracks; i64 yard; i64 ashore; } SideTerms;
typedef struct { i64 crossing; i64 code; i64 home; i64 away; f64 enters_h; f64 retires_h; f64 capacity; i64 takes; f64 patience_h; f64 least_load_share; f64 departs_every_h; Steps load_factor; Span sailing_h; Span unloading_home_h; Span unloading_away_h; Span loading_home_h; Span loading_away_h; } VesselTerms;
typedef struct { i64 is_tez; i64 code; i64 works_before_release; f64 lead_h; Span lodged_h; Span release_h; Span keying_h; Span checking_h; Rounds rounds; i64 outages; i64 fallback; } ClearanceTerms;
typedef struct { i64 declarations; Span regime_from_h; Span regime; i64 otherwise; Steps adoption; Span adopts; Span channel; Span inspection_h; } CustomsTerms;
typedef struct { i64 sets; i64 at; Span placing_h; } TakingTerms;
typedef struct { i64 sets; i64 at; Span run_h; Span repair_h; } LeavingTerms;
typedef struct { i64 locomotives; Span turn_h; f64 abandoned_after_h; Span restart_h; } TractionTerms;
typedef struct { i64 place; i64 paths; i64 room; Span running_h; i64 ahead; } SectionTerms;
typedef struct { i64 place; i64 inbound; i64 handover; i64 tracks; i64 declarants; i64 officers; i64 inspectors; i64 papers; i64 engines; Span shunting_h; i64 cranes; Span gauge_change_h; i64 crews; Span forming_h; i64 taking; i64 leaving; i64 traction; } BorderTerms;
typedef struct { i64 crossing; i64 near; i64 far; f64 units; i64 handling; Span near_track_h; Span far_track_h; Span near_clearance_h; Span far_clearance_h; i64 leaving; i64 taking; } SeaTerms;
typedef struct { i64 place; i64 tracks; Span work_h; i64 taking; i64 leaving; } TerminalTerms;
typedef struct { i64 place; i64 section; i64 border; i64 sea; i64 terminal; } LegTerms;
typedef struct { i64 depot; Steps share; Span turn_h; } BoxesTerms;
typedef struct { i64 code; i64 priority; f64 net_t; f64 teu; f64 wagons; Span legs; i64 limit; Span bans; Span back; i64 depot; i64 ordering; i64 office; i64 trains_at_most; f64 patience_h; } PlanTerms;
typedef struct { i64 room; i64 pool; i64 vessel; } ActorTerms;
typedef struct { f64 hour; i64 plan; i64 index; i64 has_paper; i64 is_sent; } OfferTerms;
typedef struct { f64 hour; i64 number; i64 clearance; } PaperTerms;
typedef struct { f64 hour; i64 number; } OrderTerms;
typedef struct { Span run, spells, closures, room, desk, paths, pool, ban, depot, crossing, side, vessel, clearance, customs, taking, leaving, traction, section, border, sea, terminal, leg, boxes, plan, actor, offer, paper, order, reals, wholes; } Block;
static inline const RunTerms *run_terms(const Block *block) { return (const RunTerms *)((const char *)block + block->run.at); }
static inline const SpellsTerms *spells_terms(const Block *block) { return (const SpellsTerms *)((const char *)block + block->spells.at); }
static inline const ClosuresTerms *closures_terms(const Block *block) { return (const ClosuresTerms *)((const char *)block + block->closures.at); }
static inline const RoomTerms *room_terms(const Block *block) { return (const RoomTerms *)((const char *)block + block->room.at); }
static inline const DeskTerms *desk_terms(const Block *block) { return (const DeskTerms *)((const char *)block + block->desk.at); }
static inline const PathsTerms *paths_terms(const Block *block) { return (const PathsTerms *)((const char *)block + block->paths.at); }
static inline const PoolTerms *pool_terms(const Block *block) { return (const PoolTerms *)((const char *)block + block->pool.at); }
static inline const BanTerms *ban_terms(const Block *block) { return (const BanTerms *)((const char *)block + block->ban.at); }
static inline const DepotTerms *depot_terms(const Block *block) { return (const DepotTerms *)((const char *)block + block->depot.at); }
static inline const CrossingTerms *crossing_terms(const Block *block) { return (const CrossingTerms *)((const char *)block + block->crossing.at); }
static inline const SideTerms *side_terms(const Block *block) { return (const SideTerms *)((const char *)block + block->side.at); }
static inline const VesselTerms *vessel_terms(const Block *block) { return (const VesselTerms *)((const char *)block + block->vessel.at); }
static inline const ClearanceTerms *clearance_terms(const Block *block) { return (const ClearanceTerms *)((const char *)block + block->clearance.at); }
static inline const CustomsTerms *customs_terms(const Block *block) { return (const CustomsTerms *)((const char *)block + block->customs.at); }
static inline const TakingTerms *taking_terms(const Block *block) { return (const TakingTerms *)((const char *)block + block->taking.at); }
static inline const LeavingTerms *leaving_terms(const Block *block) { return (const LeavingTerms *)((const char *)block + block->leaving.at); }
static inline const TractionTerms *traction_terms(const Block *block) { return (const TractionTerms *)((const char *)block + block->traction.at); }
static inline const SectionTerms *section_terms(const Block *block) { return (const SectionTerms *)((const char *)block + block->section.at); }
static inline const BorderTerms *border_terms(const Block *block) { return (const BorderTerms *)((const char *)block + block->border.at); }
static inline const SeaTerms *sea_terms(const Block *block) { return (const SeaTerms *)((const char *)block + block->sea.at); }
static inline const TerminalTerms *terminal_terms(const Block *block) { return (const TerminalTerms *)((const char *)block + block->terminal.at); }
static inline const LegTerms *leg_terms(const Block *block) { return (const LegTerms *)((const char *)block + block->leg.at); }
static inline const BoxesTerms *boxes_terms(const Block *block) { return (const BoxesTerms *)((const char *)block + block->boxes.at); }
static inline const PlanTerms *plan_terms(const Block *block) { return (const PlanTerms *)((const char *)block + block->plan.at); }
static inline const ActorTerms *actor_terms(const Block *block) { return (const ActorTerms *)((const char *)block + block->actor.at); }
static inline const OfferTerms *offer_terms(const Block *block) { return (const OfferTerms *)((const char *)block + block->offer.at); }
static inline const PaperTerms *paper_terms(const Block *block) { return (const PaperTerms *)((const char *)block + block->paper.at); }
static inline const OrderTerms *order_terms(const Block *block) { return (const OrderTerms *)((const char *)block + block->order.at); }
typedef struct { i32 train; i16 flow; f64 offered_h; f64 entered_h; f64 left_h; f64 net_t; f64 teu; f64 wagons; } TrainsRow;
typedef struct { i32 train; i16 place; i8 activity; i8 cause; f64 queued_h; f64 started_h; f64 ended_h; i8 beside; } StagesRow;
typedef struct { i32 train; i16 place; i16 regime; i8 channel; i32 declarations; f64 lodged_h; f64 arrived_h; f64 released_h; i16 rounds; } DeclarationsRow;
typedef struct { i16 place; i16 vessel; i8 direction; f64 berthed_h; f64 loaded_h; f64 sailed_h; f64 arrived_h; f64 load; f64 capacity; f64 worked_h; } VoyagesRow;
typedef struct { i16 place; i8 activity; i32 train; f64 units; f64 taken_h; f64 released_h; } StaysRow;
typedef struct { i16 pool; i32 train; f64 taken_h; f64 released_h; f64 home_h; } WagonSetsRow;
typedef struct { i32 train; i16 flow; f64 lost_h; } LossesRow;
enum { TRAINS, STAGES, DECLARATIONS, VOYAGES, STAYS, WAGON_SETS, LOSSES, TABLES };
enum { NO_FAULT, DEADLOCK, ACCOUNTS, HOUR_BEFORE_PRESENT, TOO_MANY_TRAINS, TOO_MANY_TRIPS };
enum { RECEIVING = 0, KEYING = 1, CHECKING = 2, RELEASE = 3, INSPECTION = 4, PLACING = 5, GAUGE_CHANGE = 6, FORMING = 7, HANDOVER = 8, RUNNING = 9, PORT_TRACK = 10, LOADING = 11, SAILING = 12, LANDING = 13, TERMINAL = 14, HOLDING = 15, STANDING = 16, BERTHING = 17, SHUNTING = 18, DEPARTURE = 19, ABANDONMENT = 20 };
enum { FOR_RECEIVING_TRACK = 0, FOR_DECLARANTS = 1, FOR_OFFICERS = 2, FOR_PAPERS = 3, FOR_INSPECTORS = 4, FOR_WAGON_SET = 5, FOR_CRANES = 6, FOR_CREWS = 7, FOR_HANDOVER = 8, FOR_PATH = 9, FOR_PORT_TRACK = 10, FOR_VESSEL = 11, FOR_WEATHER = 12, FOR_BERTH = 13, FOR_TERMINAL_TRACK = 14, FOR_BAN = 15, FOR_LINE = 16, FOR_YARD = 17, FOR_ENGINES = 18, FOR_LOCOMOTIVES = 19 };
