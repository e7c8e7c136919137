/* Queues of those who wait, by priority and then by turn: no two have one turn, so their order is one alone. */
#include "world.h"

static int goes_first(const Waiter *one, const Waiter *other) {
    if (one->priority != other->priority) return one->priority < other->priority;
    return one->turn_h != other->turn_h ? one->turn_h < other->turn_h : one->number < other->number;
}

void queue_push(Queue *q, Waiter waiter) {
    if (q->n == q->size) {
        i64 size = q->size ? 2 * q->size : 8;
        q->heap = grown(q->heap, (size_t)q->size * sizeof(Waiter), (size_t)size * sizeof(Waiter));
        q->size = size;
    }
    i64 k = q->n++;
    while (k && goes_first(&waiter, q->heap + (k - 1) / 2)) {
        q->heap[k] = q->heap[(k - 1) / 2];
        k = (k - 1) / 2;
    }
    q->heap[k] = waiter;
}

static void sift(Queue *q, i64 k, Waiter waiter) {
    for (i64 child = 2 * k + 1; child < q->n; child = 2 * k + 1) {
        if (child + 1 < q->n && goes_first(q->heap + child + 1, q->heap + child)) child++;
        if (!goes_first(q->heap + child, &waiter)) break;
        q->heap[k] = q->heap[child];
        k = child;
    }
    q->heap[k] = waiter;
}

/* The first has what it asked for at once, and hears of it in its turn among the events of this hour. */
void queue_grant(World *w, Queue *q) {
    Waiter first = q->heap[0];
    if (--q->n) sift(q, 0, q->heap[q->n]);
    *first.granted = 1;
    succeed(w, first.act, first.who, first.token);
}

void queue_remove(Queue *q, const void *who) {
    i64 kept = 0;
    for (i64 k = 0; k < q->n; k++)
        if (q->heap[k].who != who) q->heap[kept++] = q->heap[k];
    q->n = kept;
    for (i64 k = kept / 2; k--;) sift(q, k, q->heap[k]);
}
