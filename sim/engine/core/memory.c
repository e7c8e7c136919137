/* Memory: in WebAssembly taken from the end of what there is and given back all at once, with the run. */
#include "world.h"
#ifdef __wasm__
extern unsigned char __heap_base;
static uintptr_t end_of_memory; /* of the sandbox, not of a world: a sandbox plays one run at a time */
void *memcpy(void *to, const void *from, size_t bytes) { return __builtin_memcpy(to, from, bytes); }
void *memset(void *to, int value, size_t bytes) { return __builtin_memset(to, value, bytes); }
__attribute__((export_name("reserve"))) void *reserve(size_t bytes) {
    if (!end_of_memory) end_of_memory = (uintptr_t)&__heap_base;
    uintptr_t first = (end_of_memory + 15) & ~(uintptr_t)15;
    size_t have = (size_t)__builtin_wasm_memory_size(0) << 16;
    if (first + bytes > have && __builtin_wasm_memory_grow(0, (first + bytes - have + 65535) >> 16) == (size_t)-1) __builtin_trap();
    end_of_memory = first + bytes;
    return (void *)first;
}
/* A run is over: the next one has all of the memory. */
__attribute__((export_name("empty"))) void empty(void) { end_of_memory = 0; }
void *grown(void *old, size_t old_bytes, size_t bytes) {
    void *room = reserve(bytes);
    if (old_bytes) __builtin_memcpy(room, old, old_bytes);
    return room;
}
#else
#include <stdlib.h>
void *reserve(size_t bytes) { return malloc(bytes + 1); }
void *grown(void *old, size_t old_bytes, size_t bytes) { (void)old_bytes; return realloc(old, bytes); }
#endif

void *reserve_zeros(size_t bytes) { return __builtin_memset(reserve(bytes), 0, bytes); }
void copy(void *to, const void *from, size_t bytes) { __builtin_memmove(to, from, bytes); }
