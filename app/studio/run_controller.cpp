#include "app/studio/run_controller.h"

namespace dotmoe::studio {
namespace {

bool same_conversion(const ConvertRequest& a, const ConvertRequest& b) {
    return a.model == b.model && a.text == b.text && a.out == b.out && a.device == b.device &&
           a.threads == b.threads && a.fork.has_value() == b.fork.has_value() &&
           (!a.fork || a.fork->folder == b.fork->folder) && to_toml(a.recipe) == to_toml(b.recipe);
}

}  // namespace

RunController::RunController(EventBridge& bridge, QObject* parent) : QObject(parent), m_bridge(bridge) {
    connect(&bridge, &EventBridge::finished, this, [this] { enter(RunState::idle); });
    connect(&bridge, &EventBridge::failed, this, [this] { enter(RunState::idle); });
    connect(&bridge, &EventBridge::stopped, this, [this](const Stopped& event) {
        if (event.resumable) m_resumable = m_request;
        enter(RunState::idle);
    });
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
    m_bridge.session().start(std::move(request));
    enter(RunState::running);
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

void RunController::enter(RunState state) {
    if (state == m_state) return;
    m_state = state;
    emit stateChanged(state);
}

}  // namespace dotmoe::studio
