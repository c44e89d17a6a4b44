#include "base/progress.h"

namespace dotmoe {

ProgressMeter::ProgressMeter(std::int64_t total, std::int64_t already_done)
    : total_(total), first_(already_done), done_(already_done) {}

double ProgressMeter::seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
}

double ProgressMeter::rate() const {
    const double elapsed = seconds();
    return elapsed > 0 ? static_cast<double>(done_ - first_) / elapsed : 0;
}

double ProgressMeter::eta() const {
    const double per_second = rate();
    return per_second > 0 ? static_cast<double>(total_ - done_) / per_second : 0;
}

}  // namespace dotmoe
