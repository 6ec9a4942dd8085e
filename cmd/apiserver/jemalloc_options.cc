// jemalloc reads its options from this symbol (jemalloc(3), TUNING). Two arenas, as gRPC's threads
// follow the host's cores, not the container's limit; a thread gives pages back to the kernel after
// a second, also when nothing is allocated any more.
extern "C" {
extern const char* malloc_conf;
const char* malloc_conf =
    "background_thread:true,max_background_threads:1,narenas:2,dirty_decay_ms:1000,muzzy_decay_ms:"
    "0";
}
