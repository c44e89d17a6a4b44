#include "events/alerts.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace dotmoe {
namespace {

constexpr auto dead_remedy =
    "fewer experts, more active ones or more global steps mend it; in recipe.toml a larger "
    "distill.load_floor";
constexpr auto crowded_remedy =
    "more global steps mend it; in recipe.toml a larger distill.balance_weight, or a smaller router_lr";
constexpr auto divergence_remedy =
    "stop, and start over with half the learning rates in recipe.toml: affinity_lr and router_lr of "
    "[distill], learning_rate and router_lr of [recover]";
constexpr auto memory_remedy =
    "close other programs, or stop (the checkpoint stays) and use fewer calibration windows or sequences a "
    "step";

}  // namespace

std::optional<Alert> AlertRules::raise(AlertKind kind, double severity, std::string text) {
    const auto told = told_.find(kind);
    if (severity < 1) {
        if (severity < 0.5 && told != told_.end()) told_.erase(told);
        return std::nullopt;
    }
    if (told != told_.end() && severity < 2 * told->second) return std::nullopt;
    told_[kind] = severity;
    return Alert{kind, std::move(text)};
}

std::optional<Alert> AlertRules::hear(const Payload& payload) {
    if (const auto* started = std::get_if<Started>(&payload)) {
        *this = AlertRules(limits_);
        experts_ = started->experts;
        active_ = started->active;
    } else if (const auto* status = std::get_if<LayerStatus>(&payload)) {
        return hear_layer(*status);
    } else if (const auto* load = std::get_if<std::shared_ptr<const LoadSnapshot>>(&payload)) {
        return hear_load(**load);
    } else if (const auto* step = std::get_if<TrainingStep>(&payload)) {
        return hear_step(*step);
    }
    return std::nullopt;
}

std::optional<Alert> AlertRules::hear(const Memory& memory) {
    if (memory.total <= 0) return std::nullopt;
    const auto free = static_cast<double>(memory.available) / static_cast<double>(memory.total);
    return raise(AlertKind::memory, limits_.free_memory / std::max(free, 1e-9),
                 fmt::format("Memory runs short, {:.1f} of {:.1f} GB are free: {}",
                             static_cast<double>(memory.available) / 1e9,
                             static_cast<double>(memory.total) / 1e9, memory_remedy));
}

std::optional<Alert> AlertRules::hear_layer(const LayerStatus& status) {
    if (status.state != LayerState::done || status.dead <= 0 || experts_ <= 0) return std::nullopt;
    const double severity = status.dead / (limits_.dead_share * experts_);
    return raise(AlertKind::collapse, std::max(severity, 0.5),  // a better layer mends no worse one
                 fmt::format("Layer {}: {} of {} experts get no token of the held-out text: {}", status.layer,
                             status.dead, experts_, dead_remedy));
}

std::optional<Alert> AlertRules::hear_load(const LoadSnapshot& load) {
    if (load.stage != Stage::distillation || load.experts <= 0) return std::nullopt;
    int most_dead = 0, collapsed = 0;
    double heaviest = 0;
    std::pair<int, int> crowded;
    for (int layer = 0; layer < load.layers; ++layer) {
        int dead = 0;
        for (int expert = 0; expert < load.experts; ++expert) {
            const std::pair place(load.first_layer + layer, expert);
            const double share = load.load[static_cast<std::size_t>(layer * load.experts + expert)];
            const double tokens = share * active_ / load.experts;  // share of the tokens sent here
            auto& idle = idle_[place];
            idle = share > 0 ? 0 : idle + 1;
            if (idle >= limits_.patience) ++dead;
            auto& often = crowded_[place];
            often = share >= limits_.crowded_load && tokens >= limits_.crowded_share ? often + 1 : 0;
            if (often < limits_.patience || tokens <= heaviest) continue;
            heaviest = tokens;
            crowded = place;
        }
        if (dead <= most_dead) continue;
        most_dead = dead;
        collapsed = load.first_layer + layer;
    }
    const double severity = most_dead / (limits_.dead_share * load.experts);
    if (auto alert =
            raise(AlertKind::collapse, severity,
                  fmt::format("Step {}, layer {}: {} of {} experts have had no token in {} steps: {}",
                              load.step, collapsed, most_dead, load.experts, limits_.patience, dead_remedy)))
        return alert;
    return raise(AlertKind::imbalance, heaviest / limits_.crowded_share,
                 fmt::format("Step {}, layer {}: {:.0f} % of the tokens go to expert {}: {}", load.step,
                             crowded.first, 100 * heaviest, crowded.second, crowded_remedy));
}

std::optional<Alert> AlertRules::hear_step(const TrainingStep& step) {
    if (step.stage != Stage::distillation) return std::nullopt;
    if (!std::isfinite(step.loss))
        return raise(
            AlertKind::divergence, 1e9,
            fmt::format("Step {}: the loss is no number any more: {}", step.step, divergence_remedy));
    divergences_.push_back(step.kl);
    // The first step has met no change yet: rates that are far too high spoil the first window whole.
    if (divergences_.size() == 1) lowest_ = step.kl;
    if (std::ssize(divergences_) < limits_.window || lowest_ <= 0) return std::nullopt;
    const double mean = std::reduce(divergences_.end() - limits_.window, divergences_.end()) / limits_.window;
    lowest_ = std::min(lowest_, mean);
    // 1 at the limit, 0 at the lowest mean.
    const double severity = (mean / lowest_ - 1) / (limits_.rise - 1);
    return raise(
        AlertKind::divergence, severity,
        fmt::format("Step {}: KL to the dense model has risen to {:.2f} from {:.2f} (mean of {} steps): {}",
                    step.step, mean, lowest_, limits_.window, divergence_remedy));
}

}  // namespace dotmoe
