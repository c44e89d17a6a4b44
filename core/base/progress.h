// How fast a long job goes and when it will be done.
#pragma once

#include <chrono>
#include <cstdint>

namespace dotmoe {

/// Rate over the work done since construction (or since `already_done`, after a resume).
class ProgressMeter {
  public:
    explicit ProgressMeter(std::int64_t total, std::int64_t already_done = 0);

    void set_done(std::int64_t done) { done_ = done; }
    std::int64_t done() const { return done_; }
    std::int64_t total() const { return total_; }
    double seconds() const;
    /// Units a second; 0 before the first unit is done.
    double rate() const;
    /// Seconds left at the present rate; 0 before the first unit is done.
    double eta() const;

  private:
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
    std::int64_t total_, first_, done_;
};

}  // namespace dotmoe
