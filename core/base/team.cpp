#include "base/team.h"

#include <atomic>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

#include "base/device.h"

namespace dotmoe {
namespace {

/// How often a thread looks before it gives way: some 50 microseconds, longer than the pause between two
/// products.
constexpr int kLooks = 2000;

void rest() {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
}

using Work = std::function<void(std::int64_t)>;

class Team {
  public:
    explicit Team(int threads) : size_(threads) {
        for (int i = 1; i < threads; ++i) helpers_.emplace_back([this] { help(); });
    }
    ~Team() {
        stopping_ = true;
        post(kNoItem);
    }
    Team(const Team&) = delete;
    Team& operator=(const Team&) = delete;

    int size() const { return size_; }

    void run(std::int64_t items, const Work& work) {
        post(kNoItem);  // whoever still looks at the last job finds it closed before it changes
        work_ = &work;
        items_ = items;
        done_ = 0;
        post(0);
        take_items(ticket_ >> 32);
        for (int looks = 0; done_.load(std::memory_order_acquire) != items; ++looks)
            looks < kLooks ? rest() : std::this_thread::yield();
    }

  private:
    static constexpr std::uint32_t kNoItem = ~0U;

    void post(std::uint32_t item) {
        ticket_ = ((ticket_ >> 32) + 1) << 32 | item;
        ticket_.notify_all();
    }

    void take_items(std::uint64_t job) {
        for (auto ticket = ticket_.load(); ticket >> 32 == job;) {
            const auto item = static_cast<std::int64_t>(ticket & kNoItem);
            const auto* work = work_.load(std::memory_order_relaxed);
            if (item >= items_.load(std::memory_order_relaxed)) return;
            // The job is still the one read above, or this fails.
            if (!ticket_.compare_exchange_weak(ticket, ticket + 1)) continue;
            (*work)(item);
            done_.fetch_add(1, std::memory_order_release);
            ticket = ticket_.load();
        }
    }

    void help() {
        std::uint64_t seen = 0;
        while (!stopping_) {
            auto ticket = ticket_.load(std::memory_order_acquire);
            for (int looks = 0; ticket >> 32 == seen >> 32 && looks < kLooks; ++looks) {
                rest();
                ticket = ticket_.load(std::memory_order_acquire);
            }
            if (ticket >> 32 == seen >> 32) {
                ticket_.wait(ticket);
                continue;
            }
            seen = ticket;
            take_items(ticket >> 32);
        }
    }

    int size_;
    std::atomic<std::uint64_t> ticket_ =
        0;  ///< number of the job, next item: one word, so that they change as one
    std::atomic<const Work*> work_ = nullptr;
    std::atomic<std::int64_t> items_ = 0, done_ = 0;
    std::atomic<bool> stopping_ = false;
    std::vector<std::jthread> helpers_;
};

std::atomic_flag busy;

}  // namespace

void share_out(std::int64_t items, const Work& work) {
    const auto threads = thread_count();
    if (items <= 1 || threads == 1 || busy.test_and_set()) {
        for (std::int64_t item = 0; item < items; ++item) work(item);
        return;
    }
    static std::unique_ptr<Team> team;
    if (!team || team->size() != threads) {
        team.reset();
        team = std::make_unique<Team>(threads);
    }
    team->run(items, work);
    busy.clear();
}

}  // namespace dotmoe
