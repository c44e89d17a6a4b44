#include "recording/moments.h"

namespace dotmoe {
namespace {

struct Begun {
    const Moment& now;

    std::optional<Moment> operator()(const Started&) const { return at(MomentKind::start, -1, 0); }
    std::optional<Moment> operator()(const LayerStatus& status) const {
        if (status.state != LayerState::aligning) return std::nullopt;
        return at(MomentKind::layer, status.layer, 0);
    }
    std::optional<Moment> operator()(const std::shared_ptr<const PlanSnapshot>& plan) const {
        const bool same = now.kind == MomentKind::round && now.layer == plan->layer && now.step == plan->step;
        if (plan->stage != Stage::layerwise || same) return std::nullopt;
        return at(MomentKind::round, plan->layer, plan->step);
    }
    std::optional<Moment> operator()(const TrainingStep& step) const {
        if (step.stage == Stage::layerwise) return at(MomentKind::layer_step, step.layer, step.step);
        auto moment = at(MomentKind::global_step, -1, step.step);
        moment.global_step = step.step;
        return moment;
    }
    std::optional<Moment> operator()(const auto&) const { return std::nullopt; }

    Moment at(MomentKind kind, int layer, std::int64_t step) const {
        return {.kind = kind, .layer = layer, .step = step, .global_step = now.global_step};
    }
};

}  // namespace

std::optional<Moment> moment_begun_by(const Payload& payload, const Moment& now) {
    return std::visit(Begun{now}, payload);
}

}  // namespace dotmoe
