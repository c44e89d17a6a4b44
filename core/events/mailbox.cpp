#include "events/mailbox.h"

#include <type_traits>
#include <utility>

namespace dotmoe {
namespace {

template <typename T, typename... Options>
constexpr bool is_one_of = (std::is_same_v<T, Options> || ...);

template <typename T>
constexpr bool is_picture =
    is_one_of<T, std::shared_ptr<const PlanSnapshot>, std::shared_ptr<const SinkhornSnapshot>,
              std::shared_ptr<const LoadSnapshot>>;

bool is_picture_payload(const Payload& payload) {
    return std::visit([]<typename T>(const T&) { return is_picture<T>; }, payload);
}

bool ends_run(const Payload& payload) {
    return std::visit([]<typename T>(const T&) { return is_one_of<T, Finished, Failed, Stopped>; }, payload);
}

}  // namespace

Mailbox::Mailbox(RunId run, std::function<void()> wake) : run_(run), wake_(std::move(wake)) {}

std::optional<Mailbox::Slot> Mailbox::slot_of(const Payload& payload) {
    const auto layer = std::visit(
        []<typename T>(const T& value) -> std::optional<int> {
            if constexpr (is_one_of<T, Progress, std::shared_ptr<const RoutingSnapshot>>)
                return 0;
            else if constexpr (is_one_of<T, std::shared_ptr<const LoadSnapshot>>)
                return value->first_layer;
            else if constexpr (is_picture<T>)
                return value->layer;
            else
                return std::nullopt;
        },
        payload);
    return layer ? std::optional(Slot{payload.index(), *layer}) : std::nullopt;
}

void Mailbox::publish(Payload payload) {
    const auto slot = slot_of(payload);
    bool wake = false;
    {
        const std::lock_guard lock(mutex_);
        ended_ = ended_ || ends_run(payload);
        Clock::time_point due{};
        if (slot && is_picture_payload(payload)) {
            const auto last = delivered_.find(*slot);
            if (last != delivered_.end()) due = last->second + picture_interval;
        }
        if (const auto old = slot ? undelivered_.find(*slot) : undelivered_.end(); old != undelivered_.end())
            waiting_.erase(old->second);
        waiting_.push_back({{run_, std::move(payload)}, slot, due});
        if (slot) undelivered_[*slot] = std::prev(waiting_.end());
        wake = !std::exchange(woken_, true);
    }
    if (wake && wake_) wake_();
}

std::vector<Event> Mailbox::drain() {
    const std::lock_guard lock(mutex_);
    const auto now = Clock::now();
    std::vector<Event> ready;
    for (auto item = waiting_.begin(); item != waiting_.end();) {
        if (item->due > now && !ended_) {
            ++item;
            continue;
        }
        if (item->slot) {
            undelivered_.erase(*item->slot);
            if (is_picture_payload(item->event.payload)) delivered_[*item->slot] = now;
        }
        ready.push_back(std::move(item->event));
        item = waiting_.erase(item);
    }
    woken_ = false;
    return ready;
}

bool Mailbox::holding() const {
    const std::lock_guard lock(mutex_);
    return !waiting_.empty();
}

}  // namespace dotmoe
