#include "app/studio/session.h"

#include <atomic>
#include <mutex>
#include <thread>

#include "app/studio/thread_priority.h"
#include "base/error.h"
#include "events/mailbox.h"
#include "pipeline/live_routing.h"
#include "recording/recorder.h"

namespace dotmoe::studio {
namespace {

/// The line for the user; libtorch's exceptions go on with a stack trace.
std::string first_line(std::string_view text) {
    return std::string(text.substr(0, text.find('\n')));
}

bool has_checkpoint(const std::filesystem::path& out) {
    std::error_code ignored;
    return std::filesystem::exists(out / "checkpoint", ignored);
}

/// Runs the conversion and publishes how it ended, when convert() has not done so itself.
void convert_and_report(const ConvertRequest& request, const ConvertHooks& hooks) {
    try {
        convert(request, hooks);
    } catch (const Cancelled&) {
        hooks.events.publish(Stopped{has_checkpoint(request.out)});
    } catch (const std::bad_alloc&) {
        hooks.events.publish(Failed{"out of memory: use fewer calibration windows or a smaller batch"});
    } catch (const std::exception& error) {
        hooks.events.publish(Failed{first_line(error.what())});
    }
}

}  // namespace

struct Session::Run {
    Run(RunId run, std::function<void()> wake, const ConvertRequest& request)
        : mailbox(run, std::move(wake)),
          recorder(mailbox, request.out / recording_name,
                   request.resume && has_checkpoint(request.out) ? Recorder::Begin::continued
                                                                 : Recorder::Begin::anew) {}

    Mailbox mailbox;
    Recorder recorder;
    RunControl control;
    std::mutex mutex;  // guards routing and text
    std::unique_ptr<LiveRouting>
        routing;  // outlives the conversion, so that a text typed later is still routed
    std::string text;
    std::atomic<bool> running = true;
    std::jthread worker;  // last: joined before what it uses goes
};

Session::Session(std::function<void()> wake) : wake_(std::move(wake)) {}

Session::~Session() {
    stop();
}

RunId Session::start(ConvertRequest request) {
    stop();
    auto previous = std::move(run_);
    run_ = std::make_unique<Run>(++last_, wake_, request);
    run_->text = text_;
    run_->worker = std::jthread([run = run_.get(), previous = std::move(previous),
                                 request = std::move(request)]() mutable {
        lower_thread_priority();
        previous.reset();  // here, not on the caller's thread: it joins the earlier run and frees its model
        {
            const std::lock_guard lock(run->mutex);
            run->routing = std::make_unique<LiveRouting>(run->recorder);
            run->routing->set_text(run->text);
        }
        convert_and_report(request, {run->recorder, run->control, run->routing.get()});
        run->running = false;
    });
    return last_;
}

void Session::set_paused(bool paused) {
    if (run_) run_->control.set_paused(paused);
}

void Session::stop() {
    if (run_) run_->control.request_stop();
}

void Session::wait() {
    if (run_ && run_->worker.joinable()) run_->worker.join();
}

bool Session::running() const {
    return run_ && run_->running;
}

bool Session::paused() const {
    return running() && run_->control.paused();
}

RunId Session::run() const {
    return last_;
}

void Session::set_text(std::string text) {
    text_ = std::move(text);
    if (!run_) return;
    const std::lock_guard lock(run_->mutex);
    run_->text = text_;
    if (run_->routing) run_->routing->set_text(text_);
}

std::vector<Event> Session::drain() {
    return run_ ? run_->mailbox.drain() : std::vector<Event>{};
}

bool Session::holding() const {
    return run_ && run_->mailbox.holding();
}

}  // namespace dotmoe::studio
