#include "app/studio/thread_priority.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>

namespace dotmoe::studio {

int lowered_priority() {
    constexpr int nicest = 19;
    return std::min(::getpriority(PRIO_PROCESS, static_cast<id_t>(::getpid())) + worker_nice, nicest);
}

void lower_thread_priority() {
    ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), lowered_priority());
}

}  // namespace dotmoe::studio
