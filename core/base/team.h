// Threads for work that takes microseconds.
#pragma once

#include <cstdint>
#include <functional>

namespace dotmoe {

/// work(item) for every item in [0, items), on as many threads as set_thread_count() says; returns when all
/// are done. Who is free takes the next item, so a thread that the system has put aside holds nobody up: a
/// loop of OpenMP, which deals items out beforehand, waits for that thread at every one of the 200 products
/// of a token. Helpers wait awake for a moment, then asleep. One job at a time in the process: a second
/// caller, or work itself, works alone. `work` must not throw.
void share_out(std::int64_t items, const std::function<void(std::int64_t item)>& work);

}  // namespace dotmoe
