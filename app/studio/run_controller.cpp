#include "app/studio/run_controller.h"

#include <algorithm>

#include "pipeline/kept_states.h"

namespace dotmoe::studio {
namespace {

bool same_path(const std::filesystem::path& a, const std::filesystem::path& b) {
    std::error_code empty;  // no model is open
    return std::filesystem::absolute(a, empty) == std::filesystem::absolute(b, empty);
}

bool same_conversion(const ConvertRequest& a, const ConvertRequest& b) {
    return same_path(a.model, b.model) && std::ranges::equal(a.text, b.text, same_path) &&
           same_path(a.out, b.out) && a.device == b.device && a.threads == b.threads &&
           a.fork.has_value() == b.fork.has_value() &&
           (!a.fork || same_path(a.fork->folder, b.fork->folder)) && to_toml(a.recipe) == to_toml(b.recipe);
}

}  // namespace

RunController::RunController(EventBridge& bridge, QObject* parent) : QObject(parent), m_bridge(bridge) {
    const auto end = [this] {
        m_unfinished.forget();
        enter(RunState::idle);
    };
    connect(&bridge, &EventBridge::finished, this, end);
    connect(&bridge, &EventBridge::checkpointSaved, this, [this] { m_checkpointed = true; });
    // What made it fail (a full disk, short memory) can be mended, and what it did until then is kept.
    connect(&bridge, &EventBridge::failed, this, [this, end] { m_checkpointed ? endEarly(true) : end(); });
    connect(&bridge, &EventBridge::stopped, this,
            [this](const Stopped& event) { endEarly(event.resumable); });
}

bool RunController::wouldContinue(const ConvertRequest& request) const {
    return m_resumable && same_conversion(*m_resumable, request);
}

void RunController::start(ConvertRequest request) {
    request.resume = wouldContinue(request);
    launch(std::move(request));
}

void RunController::startOver(ConvertRequest request) {
    request.resume = false;
    launch(std::move(request));
}

void RunController::launch(ConvertRequest request) {
    Q_ASSERT(!busy());
    m_request = request;
    m_resumable.reset();
    m_checkpointed = request.resume;
    m_unfinished.remember(request);
    m_bridge.session().start(std::move(request));
    enter(RunState::running);
}

void RunController::endEarly(bool resumable) {
    if (resumable) m_resumable = m_request;
    m_unfinished.letGo();
    enter(RunState::idle);
}

void RunController::setPaused(bool paused) {
    if (m_state != RunState::running && m_state != RunState::paused) return;
    m_bridge.session().set_paused(paused);
    enter(paused ? RunState::paused : RunState::running);
}

void RunController::stop() {
    if (!busy()) return;
    m_bridge.session().stop();
    enter(RunState::stopping);
}

std::optional<ConvertRequest> RunController::takeUp() {
    auto request = UnfinishedRun::read();
    if (!request) return std::nullopt;
    const auto kept = kept_states(request->out);  // the latest first
    if (!kept.empty() && kept.front() == KeptState::checkpoint) m_resumable = request;
    return request;
}

void RunController::enter(RunState state) {
    if (state == m_state) return;
    m_state = state;
    emit stateChanged(state);
}

}  // namespace dotmoe::studio
