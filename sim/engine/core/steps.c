/* What steps on dates and what closes (scenario/calendar.py, model/disruption.py), and sums as Python makes them. */
#include "world.h"

/* bisect_right */
i64 bisect(const f64 *hours, i64 n, f64 hour) {
    i64 low = 0, high = n;
    while (low < high) {
        i64 middle = (low + high) >> 1;
        if (hour < hours[middle]) high = middle; else low = middle + 1;
    }
    return low;
}

f64 step_at(const World *w, Steps steps, f64 hour) {
    return real(w, steps.values, bisect(w->reals + steps.from_h.at, steps.from_h.n, hour) - 1);
}

/* Closures.open_from */
f64 fair_from(const World *w, const ClosuresTerms *closures, f64 hour) {
    i64 spell = bisect(w->reals + closures->closed_h.at, closures->closed_h.n, hour) - 1;
    return spell >= 0 ? later(hour, real(w, closures->opened_h, spell)) : hour;
}

/* sum() of floats: from Python 3.12 on it keeps what rounding takes (Neumaier, 1974), before it did not. */
void add(const World *w, Sum *sum, f64 value) {
    f64 after = sum->sum + value, big = __builtin_fabs(sum->sum) >= __builtin_fabs(value) ? sum->sum : value;
    if (run_terms(w->in)->sums_with_care) sum->care += (big - after) + (big == value ? sum->sum : value);
    sum->sum = after;
}
f64 total(Sum sum) { return sum.care != 0 && sum.care - sum.care == 0 ? sum.sum + sum.care : sum.sum; }
