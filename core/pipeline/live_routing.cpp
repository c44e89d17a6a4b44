#include "pipeline/live_routing.h"

#include <condition_variable>
#include <mutex>
#include <thread>

#include "base/error.h"
#include "pipeline/trace_routing.h"

namespace dotmoe {

struct LiveRouting::Impl {
    explicit Impl(EventSink& sink)
        : events(sink), worker([this](const std::stop_token& stop) { run(stop); }) {}

    /// Sets one of the three inputs and wakes the worker.
    template <typename T>
    void set(T& field, T value) {
        {
            const std::lock_guard lock(mutex);
            field = std::move(value);
            changed = true;
        }
        wake.notify_one();
    }

    void run(const std::stop_token& stop) {
        while (true) {
            std::unique_lock lock(mutex);
            if (!wake.wait(lock, stop, [this] { return changed && model && experts && !text.empty(); }))
                return;
            changed = false;
            const auto [now_text, now_model, now_experts] = std::tuple(text, model, experts);
            lock.unlock();
            try {
                events.publish(
                    std::make_shared<RoutingSnapshot>(trace_routing(*now_model, *now_experts, now_text)));
            } catch (const Error& error) {
                events.publish(LogLine{LogLevel::warning, error.what()});
            }
        }
    }

    EventSink& events;
    std::mutex mutex;
    std::condition_variable_any wake;
    bool changed = false;
    std::string text;
    std::shared_ptr<const Model> model;
    std::shared_ptr<const ExpertSet> experts;
    std::jthread worker;  // last: it uses all of the above, and is joined first
};

LiveRouting::LiveRouting(EventSink& events) : impl_(std::make_unique<Impl>(events)) {}
LiveRouting::~LiveRouting() = default;

void LiveRouting::set_text(std::string text) {
    impl_->set(impl_->text, std::move(text));
}
void LiveRouting::set_model(std::shared_ptr<const Model> model) {
    impl_->set(impl_->model, std::move(model));
}
void LiveRouting::set_experts(std::shared_ptr<const ExpertSet> experts) {
    impl_->set(impl_->experts, std::move(experts));
}

}  // namespace dotmoe
